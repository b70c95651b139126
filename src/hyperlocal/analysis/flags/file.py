"""Flags as data: reading a file of flags, with every problem in it at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path as FilePath
from typing import NamedTuple

from pydantic import ValidationError

from hyperlocal.analysis.flags.models import NO_SHARE, RankConventions, WrittenFlags, known_keys
from hyperlocal.analysis.written import explained, read_text
from hyperlocal.definition.source import Path, Source, Value, read_yaml
from hyperlocal.definition.validate import near
from hyperlocal.errors import DefinitionError, Problem

BEGINNING = "begin with 'hyperlocal_flags: 1'"
REFERRING_KEYS = {"measure": "ranked", "areas_within": "within", "flag": "flag"}


class Reference(NamedTuple):
    """The name of something that a file of flags refers to.

    Attributes
    ----------
    path
        Where it stands.
    name
        An index, ``INDEX.NODE``, a measure or a flag.
    wanted
        ``ranked``, something that flagged areas are ranked by; ``within``, an index of small
        areas or one of its nodes; or ``flag``.
    """

    path: Path
    name: str
    wanted: str


@dataclass(frozen=True)
class FlagFile:
    """Flags as they were read, with every reference checked.

    Parameters
    ----------
    written
        What the file says.
    source
        The file and the lines of its values.
    references
        All that the measures and flags refer to.
    """

    written: WrittenFlags
    source: Source
    references: tuple[Reference, ...]

    def is_within(self, index: str) -> bool:
        """Say whether an index is of small areas within the flagged areas."""
        return self.written.indices[index].geography not in (None, self.written.geography)

    def conventions_of(self, measure: str) -> RankConventions:
        """Return the conventions of a measure: its own, else those of the file."""
        own = self.written.measures[measure].conventions
        stated = {name: getattr(own, name) for name in own.model_fields_set}
        return self.written.conventions.model_copy(update=stated)


def load_flags(file: str | FilePath) -> FlagFile:
    """Read flags from a YAML file.

    Parameters
    ----------
    file
        The file.

    Returns
    -------
    FlagFile
        The flags, checked.

    Raises
    ------
    DefinitionError
        With every problem, each with its file, line and path.
    """
    return parse_flags(read_text(file), str(file))


def parse_flags(text: str, file: str = "flags") -> FlagFile:
    """Read flags from YAML text; see `load_flags`.

    Examples
    --------
    >>> file = parse_flags('''
    ... hyperlocal_flags: 1
    ... geography: msoa11
    ... indices: {assets: {title: Community assets}}
    ... flags: {few_assets: {when: {measure: assets, most_deprived: 0.1}}}
    ... ''')
    >>> file.written.flags["few_assets"].when.most_deprived
    Fraction(1, 10)
    """
    values, source, problems = read_yaml(text, file, "a file of flags", BEGINNING)
    written, said = None, dict[Path, Problem]()
    try:
        written = WrittenFlags.model_validate(values)
    except ValidationError as error:
        said = explained(error, values, source, known_keys(), _SAID)
    found = tuple(_references(values))
    for problem_path, problem in _wrong_parts(values, found, source):
        said.setdefault(problem_path, problem)
    problems += said.values()
    if problems or written is None:
        raise DefinitionError(sorted(problems, key=lambda problem: problem.line or 0))
    return FlagFile(written, source, found)


_SAID = {"fraction_parsing": NO_SHARE, "too_short": "name at least two"}


def _section(values: Value, name: str) -> dict[str, Value]:
    """Return the entries of a section as they are written, wrong or not."""
    section = values.get(name)
    return section if isinstance(section, dict) else {}


def _references(values: Value) -> Iterator[Reference]:
    """Yield what the entries of a file refer to, also where they are wrong otherwise."""
    for name, measure in _section(values, "measures").items():
        path: Path = ("measures", name)
        if isinstance(measure, dict):
            for part in _section(measure, "combine"):
                yield Reference((*path, "combine", part), part, "ranked")
            if isinstance(measure.get("average_score"), str):
                yield Reference((*path, "average_score"), measure["average_score"], "within")
    for name, flag in _section(values, "flags").items():
        if isinstance(flag, dict):
            yield from _references_in_rule(flag.get("when"), ("flags", name, "when"))


def _references_in_rule(rule: Value, path: Path) -> Iterator[Reference]:
    parts = dict(enumerate(rule)) if isinstance(rule, list) else rule
    for key, part in parts.items() if isinstance(parts, dict) else ():
        if isinstance(part, str) and key in REFERRING_KEYS:
            yield Reference((*path, key), part, REFERRING_KEYS[key])
        yield from _references_in_rule(part, (*path, key))


def _wrong_parts(
    values: Value, references: Sequence[Reference], source: Source
) -> Iterator[tuple[Path, Problem]]:
    """Yield what is wrong between the parts of a file."""
    for section in ("indices", "flags"):
        if not values.get(section):
            said = f"{section!r} is empty or missing"
            yield (section,), source.problem((section,), said, "state at least one")
    for name in _section(values, "measures"):
        if name in _section(values, "indices"):
            path: Path = ("measures", name)
            yield path, source.problem(path, "an index has the same name", "give it another")
    for reference in references:
        if wrong := _wrong_reference(reference, values):
            yield reference.path, source.problem(reference.path, *wrong)
    for section, wanted in (("measures", "ranked"), ("flags", "flag")):
        inside = [one for one in references if one.path[0] == section and one.wanted == wanted]
        for circle in _circles(inside):
            said = f"goes in a circle: {' -> '.join(circle)}"
            yield (section, circle[0]), source.problem((section, circle[0]), said, "break it")


def _wrong_reference(reference: Reference, values: Value) -> tuple[str, str] | None:
    """Return what is wrong with a reference and how to mend it; None where nothing is."""
    name, _, node = reference.name.partition(".")
    wanted, geography = reference.wanted, values.get("geography")
    indices, measures = _section(values, "indices"), _section(values, "measures")
    known = list(_section(values, "flags")) if wanted == "flag" else [*indices, *measures]
    if name not in known:
        what = "flag" if wanted == "flag" else "index or measure"
        remedy = near(name, known) or f"there are {', '.join(known) or 'none'}"
        return f"there is no {what} {name!r}", remedy
    if wanted == "flag":
        return None
    if name in measures:
        if wanted == "within":
            said = f"{name} is a measure of {geography}, without areas within"
            return said, "name an index of small areas"
        return (f"{name} is a measure and has no nodes", f"write {name}") if node else None
    index = indices[name]
    own = index.get("geography") if isinstance(index, dict) else None
    if wanted == "ranked" and own not in (None, geography):
        said = f"{name} is an index of {own}, not {geography}"
        return said, f"make a measure of it: average_score: {reference.name}"
    if wanted == "within" and own in (None, geography):
        remedy = f"state the geography of its areas, or take its own rank: {reference.name}"
        return f"{name} is an index of {geography} itself", remedy
    return None


def _circles(references: Sequence[Reference]) -> Iterator[Sequence[str]]:
    """Yield the names of entries that refer to themselves in the end."""
    graph: dict[str, list[str]] = {str(one.path[1]): [] for one in references}
    for one in references:
        graph[str(one.path[1])].append(one.name)
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = error.args[1]
            yield circle
            graph = {name: parts for name, parts in graph.items() if name not in circle}
        else:
            return
