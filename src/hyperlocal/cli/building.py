"""The commands that make things: an index, its correspondences, a made-up nation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hyperlocal.cli.common import (
    DataOption,
    DefinitionArgument,
    OutOption,
    QuietOption,
    SetOption,
    load_changed,
    number_of,
    progress,
    share_of_build,
    share_of_steps,
)

if TYPE_CHECKING:
    from hyperlocal.definition import Definition
    from hyperlocal.pipeline import Results

MISSING_SHOWN = 3


def build(
    definition: DefinitionArgument,
    data: DataOption,
    out: OutOption,
    changes: SetOption = None,
    top: Annotated[
        int, typer.Option(min=0, help="How many areas of most need to show; 0 for none.")
    ] = 10,
    quiet: QuietOption = False,
) -> None:
    """Build an index: read its inputs, compute every node, write a results folder."""
    index = load_changed(definition, changes)
    from hyperlocal.pipeline import build as build_index

    with progress(quiet, partial(share_of_build, inputs=len(index.inputs))) as report:
        results = build_index(index, data, out, report)
    for warning in results.provenance["warnings"]:
        typer.secho(f"note: {warning}", fg=typer.colors.YELLOW, err=True)
    if not quiet:
        _summarise(index, results, top)


def correspondences(
    definition: DefinitionArgument,
    data: DataOption,
    changes: SetOption = None,
    quiet: QuietOption = False,
) -> None:
    """Build the correspondences of a definition anew, and keep those that say where."""
    index = load_changed(definition, changes)
    from hyperlocal.pipeline import build_correspondences

    with progress(quiet, share_of_steps) as report:
        made = build_correspondences(index, data, report)
    if quiet:
        return
    if not made:
        typer.echo(f"{index.title} needs no correspondence.")
        return
    width = max(len(name) for name in made)
    typer.echo(f"{'':<{width}}  {'kind':<9} {'from':>9} {'to':>9} {'links':>9} {'unplaced':>9}")
    for name, one in made.items():
        record = one.record
        typer.echo(
            f"{name:<{width}}  {record['kind']:<9} {record['sources']:>9,} "
            f"{record['targets']:>9,} {record['links']:>9,} {record['share_unplaced']:>9.3%}"
        )
    for name, one in made.items():
        for records in one.record["left_out"]:
            first = ", ".join(records["first"][:3])
            typer.echo(f"Left out of {name}: {records['number']:,} x {records['reason']} ({first})")
        if one.record["fell_back"]:
            typer.echo(f"Placed by the fall-back of {name}: {one.record['fell_back']:,}")
    for one in made.values():
        if one.record["file"]:
            typer.echo(f"Kept: {one.record['file']}")


def synthesise(
    areas: Annotated[
        int, typer.Option("--areas", min=60, help="How many LSOAs of 2021 it has.")
    ] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same nation.")] = 1,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write.")],
    quiet: QuietOption = False,
) -> None:
    """Make up a nation, with every input of the definitions that are built from indicators."""
    from hyperlocal.synthetic import synthesise as make_nation_files

    with progress(quiet, share_of_steps) as report:
        make_nation_files(areas, seed, out, report)
    if not quiet:
        written = [file for file in out.rglob("*") if file.is_file()]
        size = sum(file.stat().st_size for file in written)
        typer.echo(
            f"A made-up nation of {number_of(areas, 'area')}: {number_of(len(written), 'file')} "
            f"({size / 1e6:,.0f} MB) in {out}"
        )


def _summarise(index: Definition, results: Results, top: int) -> None:
    provenance = results.provenance
    typer.echo(
        f"{index.title}: {number_of(provenance['areas'], 'area')} ({index.areas.geography}) in "
        f"{sum(provenance['timings'].values()):.2f} s. Results are in {results.folder}"
    )
    for excluded in provenance["excluded"]:
        typer.echo(f"Left out: {excluded['code']} ({excluded['reason']})")
    for line in _missing(provenance["missing_values"]):
        typer.echo(line)
    first = results.most_need(top)
    if first.is_empty():
        return
    shown = "area" if first.height == 1 else f"{first.height:,} areas"
    typer.echo(f"\nThe {shown} of most need:\n")
    typer.echo(f"{'Rank':>6}  {'Area':<10}  {'Score':>10}  Name")
    for rank, code, name, score, _ in first.iter_rows():
        typer.echo(f"{rank:>6.10g}  {code:<10}  {score:>10.4f}  {name or ''}".rstrip())


def _missing(values: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Say where values are missing and what they do; of many, those in which most are."""
    for policy in dict.fromkeys(missing["policy"] for missing in values.values()):
        found = {name: one["areas"] for name, one in values.items() if one["policy"] == policy}
        most = sorted(found, key=lambda name: -found[name])
        for name in most[:MISSING_SHOWN]:
            yield f"Missing in {name}: {number_of(found[name], 'area')} ({policy})"
        if rest := most[MISSING_SHOWN:]:
            least, largest = found[rest[-1]], found[rest[0]]
            up_to = f"{least} to {number_of(largest, 'area')}" if least < largest else largest
            yield f"Missing in {len(rest)} more indicators: {up_to} each ({policy})"
