"""Files of arrays, which the explorer and the server read: see docs/explorer/files.md."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"HLA1"
TYPES = {
    "u8": np.uint8,
    "u16": np.uint16,
    "u32": np.uint32,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "f32": np.float32,
    "f64": np.float64,
}
NAMES = {np.dtype(kind): name for name, kind in TYPES.items()}
ALIGNED = 8
LEVEL = 6

Array = NDArray[Any]


def write_arrays(
    file: Path, arrays: Mapping[str, Array], about: Mapping[str, Any] | None = None
) -> None:
    """Write arrays of numbers into one compressed file.

    Parameters
    ----------
    file
        The file, ``*.bin.gz``.
    arrays
        One-dimensional arrays by their names.
    about
        What else a reader should know, for JSON.
    """
    described, parts, offset = [], [], 0
    for name, values in arrays.items():
        kind = NAMES[values.dtype]
        data = values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
        described.append({"name": name, "type": kind, "length": values.size, "offset": offset})
        parts.append(data + bytes(-len(data) % ALIGNED))
        offset += len(parts[-1])
    header = json.dumps(
        {"about": dict(about or {}), "arrays": described}, separators=(",", ":"), allow_nan=False
    ).encode()
    header += b" " * (-(len(header) + 8) % ALIGNED)
    whole = b"".join([MAGIC, len(header).to_bytes(4, "little"), header, *parts])
    write_compressed(file, whole)


def write_json(file: Path, content: Any) -> None:
    """Write JSON into a compressed file, ``*.json.gz``."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    write_compressed(file, text.encode())


def write_compressed(file: Path, data: bytes) -> None:
    """Write a compressed file that is the same for the same content."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(data, LEVEL, mtime=0))


def read_arrays(file: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """Read a file of arrays: the arrays by name, and what is said about them.

    Parameters
    ----------
    file
        The file.

    Raises
    ------
    ValueError
        Where it is no such file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_arrays(Path(folder, "a.bin.gz"), {"rank": np.array([2, 1], np.uint16)})
    ...     read_arrays(Path(folder, "a.bin.gz"))
    ({'rank': array([2, 1], dtype=uint16)}, {})
    """
    data = gzip.decompress(file.read_bytes())
    if data[:4] != MAGIC:
        raise ValueError(f"{file} is not a file of arrays")
    start = 8 + int.from_bytes(data[4:8], "little")
    header = json.loads(data[8:start])
    arrays = {
        one["name"]: np.frombuffer(
            data,
            np.dtype(TYPES[one["type"]]).newbyteorder("<"),
            one["length"],
            start + one["offset"],
        ).astype(TYPES[one["type"]], copy=False)
        for one in header["arrays"]
    }
    return arrays, header["about"]


def read_json(file: Path) -> Any:
    """Read a compressed file of JSON.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_json(Path(folder, "a.json.gz"), {"names": ["Môn"]})
    ...     read_json(Path(folder, "a.json.gz"))
    {'names': ['Môn']}
    """
    return json.loads(gzip.decompress(file.read_bytes()))
