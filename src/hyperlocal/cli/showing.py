"""The commands that show things: definitions, explanations, the fitness of indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import (
    ByOption,
    DefinitionArgument,
    FormOption,
    OverrideOption,
    ReportOption,
    ResultsArgument,
    SetOption,
    assignments,
    can_be_shown,
    finish,
    load_changed,
    number_of,
    show_table,
)

if TYPE_CHECKING:
    import polars as pl

    from hyperlocal.analysis import Explanation, Report

COLUMNS = {"unit": "unit", "count": "count_change"}
PLAIN_LINES = str.maketrans({"├": "|", "└": "`", "│": "|", "─": "-"})


def list_definitions(
    kinds: Annotated[
        bool, typer.Option("--kinds", help="The kinds of indicators that a definition can have.")
    ] = False,
) -> None:
    """List the bundled definitions, or the kinds of indicators."""
    if kinds:
        from hyperlocal.definition.models import models_of_kinds

        said = {name: (model.__doc__ or "") for name, model in models_of_kinds().items()}
    else:
        from hyperlocal.catalogue import load, names

        written = {name: load(name).written for name in names()}
        said = {name: f"{one.title}. {one.description}" for name, one in written.items()}
    width = max(map(len, said))
    for name, about in said.items():
        typer.echo(f"{name:<{width}}  {about.partition(chr(10))[0]}")


def show(
    definition: DefinitionArgument,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Every setting of every node and its origin.")
    ] = False,
    yaml: Annotated[
        bool, typer.Option("--yaml", help="The definition itself, to copy and change.")
    ] = False,
    changes: SetOption = None,
) -> None:
    """Show a definition: its tree with weights, its settings, or its text."""
    if yaml:
        if changes or resolved:
            raise typer.BadParameter(
                "it shows the text as it is written; leave out --set and --resolved",
                param_hint="--yaml",
            )
        typer.echo(_text(definition).encode(), nl=False)  # as UTF-8, whatever the terminal has
        return
    from hyperlocal.definition.outline import outline, settings_outline

    index = load_changed(definition, changes)
    for line in settings_outline(index) if resolved else outline(index):
        typer.echo(line if can_be_shown("├└│─") else line.translate(PLAIN_LINES))


def explain(
    results: ResultsArgument,
    area: Annotated[str, typer.Argument(metavar="AREA", help="An area's code, or its name.")],
    parts: Annotated[
        bool,
        typer.Option("--parts", help="What each domain and indicator adds to the score."),
    ] = False,
    similar: Annotated[
        int | None,
        typer.Option("--similar", metavar="N", min=1, help="The N areas of the nearest profile."),
    ] = None,
    thresholds: Annotated[
        bool,
        typer.Option(
            "--thresholds", help="The smallest change of each indicator to another decile."
        ),
    ] = False,
    by: ByOption = None,
    override: OverrideOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, at full precision.")] = False,
    out: ReportOption = None,
    form: FormOption = "csv",
) -> None:
    """Show every step from the raw values of one area to its overall rank, or what sets it apart.

    Without --parts, --similar and --thresholds: every step. With --out and none of them: all three.
    """
    from hyperlocal.analysis import as_text, check_out, groups_for
    from hyperlocal.analysis import explain as explain_area
    from hyperlocal.analysis.explaining.chain import PARTS, explain_by
    from hyperlocal.pipeline import Results

    check_out(out, form)
    opened = Results.open(results)
    explanation = explain_area(opened, area)
    wanted = dict(zip(PARTS, (parts, similar is not None, thresholds), strict=True))
    asked = [name for name, so in wanted.items() if so or (out and not any(wanted.values()))]
    if not asked and (by or override):
        raise typer.BadParameter("goes with --parts, --similar or --thresholds", param_hint="--by")
    report = None
    if asked:
        known = by or opened.definition.areas.within
        moved = assignments(override, "--override")
        groups = groups_for(opened, by or [], moved) if known else None
        code = explanation.area_code
        report = explain_by(opened, code, asked, similar=similar or 5, groups=groups)
    if as_json:
        _show_json(explanation, report)
        if report is not None and out is not None:
            report.write(out, form)  # type: ignore[arg-type]  # an unknown form is refused
    elif report is None:
        for line in as_text(explanation):
            typer.echo(line)
    else:
        typer.echo(" ".join(filter(None, (explanation.area_code, explanation.area_name))))
        _show_parts(report)
        finish(report, out, form)


def _show_json(explanation: Explanation, report: Report | None) -> None:
    """Print an explanation as JSON, with the tables that were asked for."""
    import json

    tables = {name: table.to_dicts() for name, table in report.tables.items()} if report else {}
    found = {**explanation.as_dict(), **tables}
    text = json.dumps(found, indent=2, ensure_ascii=False)
    typer.echo(text if can_be_shown(text) else json.dumps(found, indent=2))


def _show_parts(report: Report) -> None:
    """Print what sets an area apart, as it is read."""
    from hyperlocal.analysis.explaining.decomposition import as_lines

    if "decomposition" in report.tables:
        typer.echo()
        for line in as_lines(report):
            typer.echo(line)
    if "similar" in report.tables:
        typer.echo("\nThe areas of the nearest profile over the domains, after the area itself:\n")
        show_table(_nearest(report.tables["similar"]))
    if "thresholds" in report.tables:
        _show_thresholds(report.tables["thresholds"])


def _nearest(table: pl.DataFrame) -> pl.DataFrame:
    """Write similar areas as they are read."""
    import polars as pl

    names = {"area_code": "area", "area_name": "name", "group_name": "in"}
    ranks = {name: name.removesuffix("_rank") for name in table.columns if name.endswith("_rank")}
    kept = [name for name in table.columns if name not in ("place", "group_code", "decile")]
    unknown = [name for name in kept if table[name].null_count() == table.height]
    table = table.select(kept).drop(unknown).rename({**names, **ranks}, strict=False)
    return table.with_columns(pl.col("distance").round(3), pl.col(pl.String).fill_null(""))


def _show_thresholds(table: pl.DataFrame) -> None:
    """Print what would move an area into another decile, and of how many nothing would."""
    import polars as pl

    now = table["decile"][0]
    for direction in table["direction"].unique(maintain_order=True):
        rows = table.filter(pl.col("direction") == direction)
        found = rows.filter(pl.col("needed_value").is_not_null())
        typer.echo(f"\nFrom decile {now} to a {direction} one, one change at a time:\n")
        if found.height:
            way = pl.when("beyond").then(pl.lit("beyond")).otherwise(pl.lit("to"))
            read = found.select(
                pl.col("title").alias("indicator"),
                pl.col("unit").fill_null(""),
                pl.col("value").round_sig_figs(6),
                way.alias("must go"),
                pl.col("needed_value").round_sig_figs(6).alias("value "),
                pl.col("change").round_sig_figs(6),
                pl.col("places").alias("areas passed"),
                pl.col("count_change").alias("count"),
                pl.col("to_decile").alias("decile"),
            )
            empty = [name for name in ("unit", "count") if not found[COLUMNS[name]].count()]
            show_table(read.drop(empty))
        for reason, number in rows.drop_nulls("reason")["reason"].value_counts().iter_rows():
            typer.echo(f"{number_of(number, 'indicator')}: {reason}")


def quality(results: ResultsArgument) -> None:
    """Show how fit each indicator is: its distribution, and the checks that it failed."""
    from hyperlocal.analysis import quality_lines
    from hyperlocal.pipeline import Results

    for line in quality_lines(Results.open(results)):
        typer.echo(line if can_be_shown(line) else line.translate(PLAIN_LINES))


def schema() -> None:
    """Print the JSON Schema of definitions, for editors that check YAML while it is written."""
    import json

    from hyperlocal.definition import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


def _text(definition: str) -> str:
    """Read the text of a definition, with the ordinary errors where it cannot be read."""
    from hyperlocal.catalogue import find, load

    file = find(definition)
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        load(file)  # says what is wrong
        raise
