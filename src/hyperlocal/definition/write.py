"""A resolved definition as YAML that says every setting of every node."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel

from hyperlocal.definition.effect import added_up, missing_values_in_effect, without_effect
from hyperlocal.definition.load import Definition
from hyperlocal.definition.nodes import Node
from hyperlocal.definition.resolve import ResolvedNode, used_inputs
from hyperlocal.definition.settings import Conventions, FactorAnalysisWeights, Metadata
from hyperlocal.definition.source import scalar

_HEADER = "# As resolved for the build: every setting is stated at the node for which it holds.\n"


def resolved_yaml(definition: Definition) -> str:
    """Return a definition with nothing left to defaults or inheritance.

    Parameters
    ----------
    definition
        The definition.

    Returns
    -------
    str
        YAML that reads back as a definition of the same index.
    """
    written = definition.written
    values = _plain(written, exclude={"conventions", "quality", "defaults", "index"})
    used = used_inputs(written, definition.read)
    values["inputs"] = {name: table for name, table in values["inputs"].items() if name in used}
    if written.lists:
        values["lists"] = {
            name: {**_plain(codes, {"file", "column", "number"}), **_codes(definition, name)}
            for name, codes in written.lists.items()
        }
    for population in definition.populations:
        if population.settings.input is not None:  # perhaps that of the defaults, which are gone
            values["populations"][population.id].setdefault("input", population.settings.input)
    for considered in values.get("considered", {}).values():
        if considered.get("domain") not in definition.by_id:  # a change took it out
            considered.pop("domain", None)
    values["conventions"] = written.conventions.model_dump(mode="json")
    values["index"] = _node(definition.root, written.conventions, added_up(definition.root))
    return _HEADER + as_yaml(values)


def as_yaml(values: dict[str, Any]) -> str:
    """Return values as YAML in which every text reads back as the same text.

    Examples
    --------
    >>> print(as_yaml({"code": "012", "date": "2024-09", "weight": 0.5}), end="")
    code: '012'
    date: 2024-09
    weight: 0.5
    """
    text: str = yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes text in quotes where it would be read as something else."""


def _represent_text(dumper: Any, text: str) -> Any:
    style = None if isinstance(scalar(text), str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def _plain(part: BaseModel, exclude: set[str]) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude_unset=True, exclude=exclude)


def _codes(definition: Definition, name: str) -> dict[str, Any]:
    """Return the codes of a list as they are written out in a definition."""
    if name in definition.numbers:
        return {"numbers": dict(definition.numbers[name])}
    return {"codes": list(definition.lists[name])}


def _columns(node: ResolvedNode, own: set[str]) -> dict[str, Any]:
    """Return the columns of an indicator, each with its input, as they are written."""
    values: dict[str, Any] = {}
    for purpose, columns in node.columns().items():
        if purpose not in own:  # it stands in a part of the indicator
            values["input"] = node.settings.input
            continue
        values[purpose] = [
            {
                "input": node.input_of(column),
                **column.model_dump(mode="json", exclude={"input"}, exclude_defaults=True),
            }
            for column in columns
        ]
        if isinstance(getattr(node.written, purpose), BaseModel):
            values[purpose] = values[purpose][0]
    return values


def _node(node: ResolvedNode, conventions: Conventions, counts: frozenset[str]) -> dict[str, Any]:
    written, settings = node.written, node.settings
    about = set(Metadata.model_fields)
    values = written.model_dump(mode="json", include=about, exclude_defaults=True)
    if written.weight is not None:
        values["weight"] = written.weight
    values["kind"] = written.kind
    if node.is_indicator:
        own = set(type(written).model_fields) - set(Node.model_fields)
        own -= {"kind", "indicators", "combine"}
        values |= written.model_dump(mode="json", include=own, exclude_none=True)
        values |= _columns(node, own)
        values |= {
            name: getattr(settings, name)
            for name in ("high_value", "shrink_to", "zero_denominator")
            if getattr(settings, name) is not None
        }
    else:
        scheme = node.scheme
        values["weights"] = (
            scheme.model_dump(mode="json") if isinstance(scheme, FactorAnalysisWeights) else scheme
        )
    if settings.population is not None:
        values["population"] = settings.population
    for name in ("standardise", "transform", "published_score"):
        values[name] = getattr(settings, name)
    is_added_up = node.id in counts
    for name, _, _ in without_effect(node, is_added_up):
        values.pop(name, None)
    values["missing_values"] = missing_values_in_effect(node, is_added_up)
    stated = settings.quality.model_dump(mode="json", exclude_none=True)
    if node.is_indicator and not is_added_up and stated:
        values["quality"] = stated
    publish = settings.publish.model_dump(mode="json", exclude_defaults=True)
    if node.is_indicator and not is_added_up and publish:
        values["publish"] = publish
    if written.accept:
        values["accept"] = dict(written.accept)
    if settings.conventions != conventions:
        values["conventions"] = settings.conventions.model_dump(mode="json")
    for child in (*node.children, *node.supplementary):
        values.setdefault(child.role, {})[child.id] = _node(child, settings.conventions, counts)
    return values
