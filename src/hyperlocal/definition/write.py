"""A resolved definition as YAML that says every setting of every node."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel

from hyperlocal.definition.load import Definition
from hyperlocal.definition.models import Group, Metadata
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.definition.settings import Conventions, FactorAnalysisWeights

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
    values = _plain(written, exclude={"conventions", "defaults", "index"})
    values["conventions"] = written.conventions.model_dump(mode="json")
    values["index"] = _node(definition.root, written.conventions)
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)
    return _HEADER + text


def _plain(part: BaseModel, exclude: set[str]) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude_unset=True, exclude=exclude)


def _node(node: ResolvedNode, conventions: Conventions) -> dict[str, Any]:
    written, settings = node.written, node.settings
    about = set(Metadata.model_fields)
    values = written.model_dump(mode="json", include=about, exclude_defaults=True)
    if written.weight is not None:
        values["weight"] = written.weight
    values["kind"] = written.kind
    if node.is_indicator:
        own = set(type(written).model_fields) - set(Group.model_fields) - {"kind"}
        values |= written.model_dump(mode="json", include=own, exclude_none=True)
        for purpose, columns in node.columns().items():
            values[purpose] = [
                {"input": node.input_of(column), "column": column.column} for column in columns
            ]
            if isinstance(getattr(written, purpose), BaseModel):
                values[purpose] = values[purpose][0]
        if settings.high_value is not None:
            values["high_value"] = settings.high_value
        values |= {"shrink_to": settings.shrink_to, "zero_denominator": settings.zero_denominator}
    else:
        scheme = node.scheme
        values["weights"] = (
            scheme.model_dump(mode="json") if isinstance(scheme, FactorAnalysisWeights) else scheme
        )
    for name in ("missing_values", "standardise", "transform", "published_score"):
        values[name] = getattr(settings, name)
    if settings.conventions != conventions:
        values["conventions"] = settings.conventions.model_dump(mode="json")
    for child in (*node.children, *node.supplementary):
        values.setdefault(child.role, {})[child.id] = _node(child, settings.conventions)
    return values
