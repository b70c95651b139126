"""Many draws at once, on several threads, kept as they are made so that a study can go on."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hyperlocal.analysis.uncertainty.design import Design
from hyperlocal.analysis.uncertainty.draws import VariedIndex
from hyperlocal.errors import DataError, Problem, ResultsError
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.evaluate import one_thread
from hyperlocal.pipeline.tables import checksum
from hyperlocal.progress import Progress

CHUNK = 20
UNRANKED = 0
Ranks = NDArray[np.unsignedinteger]


def identity(results: Results, design: Design) -> str:
    """Return what tells the draws of one study from those of another."""
    parts = {
        "design": design.model_dump(
            mode="json", exclude={"draws", "leave_out", "sobol", "interval"}
        ),
        "areas": checksum(results.folder / "areas.parquet"),
        "definition": checksum(results.folder / "definition.yaml"),
        "hyperlocal": version("hyperlocal"),
        "numpy": np.__version__,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Simulated:
    """The draws of a study.

    Parameters
    ----------
    ranks : numpy.ndarray of unsigned int, shape (draws, areas)
        The rank of each area in each draw, 1 = most need, in `parts` of a place; 0 where it has
        none. Draws that could not be computed are left out.
    parts
        Into how many parts a place is divided: 2 where ranks can be halves.
    failed
        How many draws could not be computed.
    reason
        Why the first of them could not, where that is known.
    """

    ranks: Ranks
    parts: int
    failed: int = 0
    reason: str = ""


def simulate(
    varied: VariedIndex, workers: int, report: Progress, kept: Path | None = None
) -> Simulated:
    """Compute all draws of a study.

    Parameters
    ----------
    varied
        The index with all that varies.
    workers
        How many threads.
    report
        Called with what is being done, how many draws are done, and of how many.
    kept
        A folder in which draws are kept as they are made, and looked for first.

    Returns
    -------
    Simulated
        The draws. Draw k depends on the seed and k alone, not on the number of threads or draws.

    Raises
    ------
    DataError
        Where no draw can be computed.
    ResultsError
        Where draws cannot be kept.
    """
    draws, areas, parts = varied.design.draws, varied.ranks.size, varied.parts_of_a_place
    kind = np.uint16 if parts * areas < 2**16 else np.uint32
    ranks = np.zeros((draws, areas), dtype=kind)
    chunks = [range(first, min(first + CHUNK, draws)) for first in range(0, draws, CHUNK)]
    todo = [chunk for chunk in chunks if not _load(ranks, chunk, kept)]
    done = draws - sum(map(len, todo))
    reasons: list[str] = []
    report("Drawing", done, draws)

    def compute(chunk: range) -> int:
        for number in chunk:
            rng = np.random.default_rng([varied.design.seed, number])
            try:
                ranks[number] = np.nan_to_num(parts * varied.draw(rng), nan=UNRANKED)
            except DataError as error:
                reasons.append(error.problems[0].message)
        if kept is not None:
            _save(ranks[chunk.start : chunk.stop], chunk, kept)
        return len(chunk)

    pool = ThreadPoolExecutor(workers)
    with one_thread():
        try:
            for finished in as_completed([pool.submit(compute, chunk) for chunk in todo]):
                done += finished.result()
                report("Drawing", done, draws)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    computed = ranks.any(axis=1)
    if not computed.any():
        raise DataError(Problem(f"no draw could be computed: {reasons[0] if reasons else ''}"))
    failed = draws - int(computed.sum())
    return Simulated(ranks[computed] if failed else ranks, parts, failed, next(iter(reasons), ""))


def _file(chunk: range, kept: Path) -> Path:
    return kept / f"draws-{chunk.start:06}-{chunk.stop:06}.npy"


def _load(ranks: Ranks, chunk: range, kept: Path | None) -> bool:
    """Put the draws of a chunk in their place, where they were kept."""
    if kept is None:
        return False
    try:
        found = np.load(_file(chunk, kept), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return False
    if found.shape != (len(chunk), ranks.shape[1]) or found.dtype != ranks.dtype:
        return False
    ranks[chunk.start : chunk.stop] = found
    return True


def _save(found: Ranks, chunk: range, kept: Path) -> None:
    """Keep the draws of a chunk; a file is whole or not there."""
    file = _file(chunk, kept)
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        kept.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            np.save(stream, found)
        part.replace(file)
    except OSError as error:
        message = f"draws cannot be kept there: {error.strerror or error}"
        raise ResultsError(Problem(message, "name another --out", str(kept))) from error
