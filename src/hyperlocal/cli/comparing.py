"""The command that compares two versions of an index."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from hyperlocal.cli.common import (
    ByOption,
    FormOption,
    OverrideOption,
    PopulationOption,
    ReportOption,
    RowsOption,
    assignments,
    finish,
    number_of,
    show_table,
)
from hyperlocal.cli.grouping import (
    BoundariesOption,
    DirectoryOption,
    PolygonsOption,
    PostcodesOption,
    chosen_groups,
)

if TYPE_CHECKING:
    from hyperlocal.analysis import Groups, Populations, Report
    from hyperlocal.analysis.versions.compare import Grouping
    from hyperlocal.analysis.versions.version import Version
    from hyperlocal.pipeline import Results

VERSION = "A results folder, or the file of a published table of ranks."


class GroupOptions(NamedTuple):
    """How groups are named on the command line."""

    by: list[str] | None
    override: list[str] | None
    polygons: str | None
    postcodes: str | None
    boundaries: str | None
    directory: str | None

    def groups(self, results: Results, by: list[str] | None, override: list[str] | None) -> Groups:
        """Return the groups of the areas of a version."""
        return chosen_groups(results, by, override, *self[2:])

    @property
    def any(self) -> bool:
        """Whether groups are named at all."""
        return bool(self.by or self.polygons or self.postcodes)


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help=VERSION)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help=VERSION)],
    label_old: Annotated[str, typer.Option("--label-old", help="What to call OLD.")] = "",
    label_new: Annotated[str, typer.Option("--label-new", help="What to call NEW.")] = "",
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            metavar="NAME[=COLUMN]",
            help="What to compare, and in a published table the column of its rank; may be "
            "repeated.",
        ),
    ] = None,
    match: Annotated[
        list[str] | None,
        typer.Option(
            "--match", metavar="OLD=NEW", help="A measure that OLD and NEW call differently."
        ),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", metavar="COLUMN", help="The codes of a published table."),
    ] = None,
    correspondence: Annotated[
        Path | None,
        typer.Option("--correspondence", metavar="FILE", help="A saved one, of OLD to NEW areas."),
    ] = None,
    lookup: Annotated[
        str,
        typer.Option(
            "--lookup",
            metavar="FILE:OLD_COLUMN:NEW_COLUMN",
            help="Instead: a table of OLD and NEW areas that share ground; what was split is "
            "shared out by --population.",
        ),
    ] = "",
    same_areas: Annotated[
        bool,
        typer.Option("--same-areas", help="Areas of one version alone were left out by the other."),
    ] = False,
    by: ByOption = None,
    by_old: Annotated[
        list[str] | None,
        typer.Option("--by-old", metavar="FILE[:COLUMN]", help="The groups of the areas of OLD."),
    ] = None,
    override: OverrideOption = None,
    polygons: PolygonsOption = None,
    postcodes: PostcodesOption = None,
    boundaries: BoundariesOption = None,
    directory: DirectoryOption = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="CODE", help="Show this group alone; may be repeated."),
    ] = None,
    population: PopulationOption = None,
    population_old: Annotated[
        list[str] | None,
        typer.Option(
            "--population-old", metavar="FILE:COLUMN", help="What the areas of OLD are weighed by."
        ),
    ] = None,
    scale: Annotated[
        list[str] | None,
        typer.Option(
            "--scale",
            metavar="NAME=COUNT",
            help="A count to add up over groups: a population, an indicator or FILE:COLUMN.",
        ),
    ] = None,
    scale_old: Annotated[
        list[str] | None,
        typer.Option("--scale-old", metavar="NAME=COUNT", help="The same of OLD; else as --scale."),
    ] = None,
    bands: Annotated[
        str, typer.Option("--bands", help="Where bands end, in per cent of the ranking.")
    ] = "10,20,30,50",
    rows: RowsOption = 10,
    out: ReportOption = None,
    form: FormOption = "csv",
) -> None:
    """Compare two versions: moves between deciles, areas in the worst tenth, districts."""
    from hyperlocal.analysis import check_out
    from hyperlocal.analysis.versions.compare import compare as compare_versions
    from hyperlocal.analysis.versions.lookup import correspondence_of
    from hyperlocal.analysis.versions.tables import Bands
    from hyperlocal.geography import Correspondence

    check_out(out, form)
    if correspondence is not None and lookup:
        raise typer.BadParameter("give --correspondence or --lookup, not both")
    shares = Bands(_shares(bands))
    versions, chosen = _open((old, new), (label_old, label_new), measure or [], code or [])
    before, after = versions
    same = correspondence is None and not lookup
    weights = _populations(after, population or [])
    weights_old = _populations(before, population_old or (population or [] if same else []))
    through = Correspondence.load(correspondence) if correspondence else None
    if lookup:
        through = correspondence_of(lookup, before, after, weights.general if weights else None)
    grouping = None
    named = GroupOptions(by, override, polygons, postcodes, boundaries, directory)
    if (scale or scale_old) and not named.any:
        raise typer.BadParameter("counts are added up over groups: name these with --by")
    if named.any or by_old or group:
        given = assignments(scale, "--scale")
        given_old = assignments(scale_old, "--scale-old")
        groups, groups_old = _groups(versions, by_old, same, named)
        if groups_old is not None and not scale_old:
            given_old = given
        grouping = _grouping((groups, weights, given), (groups_old, weights_old, given_old))
        _refuse_unknown(group or [], groups)
    report = compare_versions(
        before,
        after,
        measures=chosen,
        match=assignments(match, "--match"),
        correspondence=through,
        people=weights_old.general if weights_old else None,
        same_areas=same_areas,
        grouping=grouping,
        bands=shares,
    )
    _show(report, group or [], rows)
    finish(report, out, form)


def _shares(bands: str) -> tuple[Fraction, ...]:
    try:
        return tuple(Fraction(one.strip()) / 100 for one in bands.split(","))
    except (ValueError, ZeroDivisionError) as error:
        raise typer.BadParameter(
            f"{bands!r} is not a list of percentages such as 10,20,30,50", param_hint="--bands"
        ) from error


def _open(
    paths: tuple[Path, Path],
    labels: tuple[str, str],
    measure: list[str],
    code: list[str],
) -> tuple[tuple[Version, Version], list[str]]:
    """Open both versions; return them with the ids of the measures that were asked for."""
    from hyperlocal.analysis.versions.published import refuse_unknown_headings
    from hyperlocal.analysis.versions.version import open_version
    from hyperlocal.pipeline.tables import headings_of

    columns: dict[str, list[str]] = {}
    for one in measure:
        name, equals, column = one.partition("=")
        found = columns.setdefault(name.strip(), [])
        if equals:
            found.append(column.strip())
    tables = [path for path in paths if path.is_file()]
    refuse_unknown_headings(tables, [*(c for given in columns.values() for c in given), *code])
    defaults = [path.stem if path.is_file() else path.resolve().name for path in paths]
    if defaults[0] == defaults[1]:
        defaults = ["old", "new"]
    opened = []
    for path, label, default in zip(paths, labels, defaults, strict=True):
        codes = [one for one in code if path.is_file() and one in headings_of(path)]
        opened.append(open_version(path, label or default, columns, codes[0] if codes else ""))
    return (opened[0], opened[1]), list(columns)


def _populations(version: Version, given: list[str]) -> Populations | None:
    """Return what the areas of a version are weighed by; None where nothing is known."""
    from hyperlocal.analysis import populations
    from hyperlocal.pipeline.write import population_column

    held = version.results.definition.populations
    columns = version.results.areas.columns
    if given or any(population_column(one.id) in columns for one in held):
        return populations(version.results, given)
    return None


def _groups(
    versions: tuple[Version, Version], by_old: list[str] | None, same: bool, named: GroupOptions
) -> tuple[Groups, Groups | None]:
    """Return the groups of the new areas and, where they are known, those of the old ones."""
    old, new = versions
    groups = named.groups(new.results, named.by, named.override)
    if by_old:
        return groups, named.groups(old.results, by_old, None)
    by = named.by
    if not (by or named.polygons or named.postcodes):
        by = list(new.results.definition.areas.within)[:1]
    known, before = (set(one.results.definition.areas.within) for one in (new, old))
    if not same or (by and by[0] in known - before):
        return groups, None
    codes = set(old.codes)
    there = [one for one in named.override or [] if one.partition("=")[0].strip() in codes]
    return groups, named.groups(old.results, by, there)


def _grouping(
    new: tuple[Groups, Populations | None, dict[str, str]],
    old: tuple[Groups | None, Populations | None, dict[str, str]],
) -> Grouping:
    from hyperlocal.analysis.versions.compare import Grouping

    return Grouping(*new, *old)


def _refuse_unknown(codes: Sequence[str], groups: Groups) -> None:
    from hyperlocal.errors import Problem, ResultsError

    known = set(groups.codes)
    few = ", ".join(groups.codes.head(5))
    problems = [
        Problem(f"there is no group {code!r}", f"groups of {groups.by} are {few} and others")
        for code in codes
        if code not in known
    ]
    if problems:
        raise ResultsError(problems)


def _show(report: Report, groups: list[str], rows: int) -> None:
    """Print the tables, of one group or of all areas."""
    from hyperlocal.analysis.versions import printed

    about = report.about
    areas = report.tables["areas"]
    first = areas["measure"][0]
    compared = number_of(len(about["measures"]), "measure")
    typer.echo(
        f"{about['old']['label']} and {about['new']['label']}: "
        f"{number_of(areas['area_code'].n_unique(), 'area')}, {compared}"
    )
    of = f" in {', '.join(groups)}" if groups else ""
    tenths = printed.matrix(report, first, groups)
    sections = [
        (f"Areas that entered and left the worst bands{of}", printed.moves(report, groups), 0),
        (f"{first}: areas by decile, before and after{of}", tenths, 0),
    ]
    if "worst_tenth" in report.tables:
        title = f"Areas in the worst 10%{of or ' in all groups'}"
        sections.append((title, printed.worst_tenth(report, groups), 0))
    if "districts" in report.tables:
        title = f"{first}: rank of each summary measure among all groups"
        sections.append((title, printed.districts(report, first, groups), 0 if groups else rows))
    listed = printed.entered_and_left(report, first, groups)
    parts = printed.parts_of_change(report)
    sections += [
        (f"{first}: areas that entered and left{of}", listed, rows),
        ("Places that all areas moved by on average, and what did it", parts, 0),
    ]
    for title, table, most in sections:
        typer.echo(f"\n{title}\n")
        show_table(table, most)
