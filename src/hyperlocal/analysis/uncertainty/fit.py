"""Whether a design fits an index: all that does not is said at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hyperlocal.analysis.uncertainty.counts import indicators_with_counts
from hyperlocal.analysis.uncertainty.design import Choice, Design
from hyperlocal.analysis.uncertainty.variants import with_choice
from hyperlocal.definition import ResolvedNode
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.pipeline.replay import Replay, without

MOST_RANKS = 2**31
"""How many ranks are held at once: 4 GiB where there are fewer than 65,536 areas."""


def refuse_misfits(replay: Replay, design: Design) -> None:
    """Refuse a design that does not fit an index.

    Parameters
    ----------
    replay
        The index.
    design
        What varies.

    Raises
    ------
    ResultsError
        With everything that does not fit.
    """
    problems = [
        *_nothing(design),
        *_of_memory(replay, design),
        *_of_weights(replay, design),
        *(problem for name in design.choices for problem in _of_choice(replay, design, name)),
        *_of_counts(replay, design),
        *_of_leaving_out(replay, design),
        *_of_sobol(design),
    ]
    if problems:
        raise ResultsError(list(dict.fromkeys(problems)))


def left_out(replay: Replay, design: Design) -> list[ResolvedNode]:
    """Return the nodes that a design leaves out, one at a time.

    Parameters
    ----------
    replay
        The index.
    design
        What varies.
    """
    known = {node.id: node for node in _members(replay)}
    if design.leave_out == "indicators":
        return [node for node in known.values() if node.is_indicator]
    if design.leave_out == "domains":
        return [node for node in known.values() if node.role == "domains"]
    return [known[name] for name in dict.fromkeys(design.leave_out)]


def _members(replay: Replay) -> list[ResolvedNode]:
    """Return the nodes that enter the index with a score."""
    root = replay.definition.id
    return [
        node
        for node in replay.definition.root.top_down()
        if node.id != root
        and root in replay.reached_by([node.id])
        and replay.base[node.id].score is not None
    ]


def _nothing(design: Design) -> Iterator[Problem]:
    if not design.varies and not design.leave_out:
        remedy = "state 'counts', 'weights', 'choices' or 'leave_out'"
        yield design.problem((), "the design varies nothing", remedy)


def _of_memory(replay: Replay, design: Design) -> Iterator[Problem]:
    areas = len(replay.population.codes)
    if design.draws * areas > MOST_RANKS:
        yield design.problem(
            ("draws",),
            f"{design.draws:,} draws of {areas:,} areas are more ranks than fit into memory",
            f"take at most {MOST_RANKS // areas:,}",
        )


def _of_weights(replay: Replay, design: Design) -> Iterator[Problem]:
    by_id = replay.definition.by_id
    for name in design.weights.nodes if design.weights is not None else ():
        if name not in by_id or not by_id[name].children or by_id[name].is_indicator:
            groups = [node for node in by_id.values() if node.children and not node.is_indicator]
            yield design.problem(
                ("weights", "nodes"),
                f"there is no node {name!r} whose children's weights could vary",
                f"known are: {', '.join(node.id for node in groups)}",
            )


def _of_choice(replay: Replay, design: Design, name: str) -> Iterator[Problem]:
    choice: Choice = design.choices[name]
    definitions = []
    wrong = False
    for value in choice.values:
        try:
            definitions.append(with_choice(replay.definition, choice, value))
        except ResultsError as error:
            wrong = True
            for one in error.problems:
                yield design.problem(("choices", name), one.message, one.remedy)
    if wrong:
        return
    if all(one.root == definitions[0].root for one in definitions):
        yield design.problem(("choices", name), "its values are all the same to the index")
    if choice.setting == "weights" and design.weights is not None:
        before = replay.definition.by_id
        for node in design.weights.nodes or (replay.definition.id,):
            if node in before and any(
                each.by_id[node].scheme != before[node].scheme for each in definitions
            ):
                yield design.problem(
                    ("choices", name),
                    f"the weights below {node} vary around what is stated too, under 'weights'",
                    "take one of them out",
                )


def _of_counts(replay: Replay, design: Design) -> Iterator[Problem]:
    if design.counts is None:
        return
    try:
        indicators_with_counts(replay, design.counts.indicators)
    except ResultsError as error:
        for one in error.problems:
            yield design.problem(("counts",), one.message, one.remedy)


def _of_leaving_out(replay: Replay, design: Design) -> Iterator[Problem]:
    if not design.leave_out:
        return
    known = [node.id for node in _members(replay)]
    names = () if isinstance(design.leave_out, str) else design.leave_out
    absent = [name for name in names if name not in known]
    for name in absent:
        message = f"there is no node {name!r} to leave out"
        yield design.problem(("leave_out",), message, f"known are: {', '.join(known)}")
    if absent:
        return
    chosen = left_out(replay, design)
    if not chosen:
        message = f"the index has no {design.leave_out} to leave out"
        yield design.problem(("leave_out",), message, "name nodes, or take it out")
    for node in chosen:
        if replay.definition.id in without(replay.definition, [node.id]):
            message = f"without {node.id} nothing is left of the index"
            yield design.problem(("leave_out",), message, "take it out")


def _of_sobol(design: Design) -> Iterator[Problem]:
    if design.sobol is None:
        return
    samples = design.sobol.samples
    if len(design.varies) < 2:
        yield design.problem(
            ("sobol",), "Sobol indices tell parts apart, and only one varies", "take it out"
        )
    if samples & (samples - 1):
        power = 2 ** int(np.log2(samples))
        yield design.problem(
            ("sobol", "samples"), f"{samples} is no power of 2", f"take {power} or {2 * power}"
        )
