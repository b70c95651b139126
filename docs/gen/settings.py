"""Write the reference page of the definition language from the JSON Schema of its models."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import mkdocs_gen_files

from hyperlocal.definition import json_schema

Schema = Mapping[str, Any]

INTRODUCTION = """\
# Settings

Every key that a definition can have, model by model. What is not marked *required* may be left out.
[How to write a definition](../definition.md) explains the keys in their context.
"""
EVERY_NODE = "Every node"
DESCRIPTIONS = {
    "areas": "The areas of the index.",
    "caveats": "What to bear in mind when using it.",
    "conventions": "Details in which official indices differ and which change ranks.",
    "defaults": "Settings of every node that does not say otherwise.",
    "description": "What it is, in a sentence or two.",
    "domains": "Its domains, each under its id.",
    "exclude": "Areas that are left out of the index, each with the reason.",
    "factor_analysis": "How the factor analysis is done; `{}` where all is as usual.",
    "geography": "The kind of area and the year of its boundaries, as in `lsoa21`.",
    "index": "The tree: the overall index, with its domains and indicators below it.",
    "indicators": "Its indicators, each under its id.",
    "input": "The input table.",
    "inputs": "The input tables, each under its id.",
    "kind": "What kind of node it is; needed only where its other keys do not tell.",
    "licence": "The licence, by its name or its address.",
    "names": "Where the names of the areas stand.",
    "publisher": "Who issues it.",
    "reason": "Why it is left out.",
    "standard_error": "The column of the standard error of the mean.",
    "subdomains": "Its sub-domains, each under its id.",
    "supplementary": "What is built beside it and does not enter it, each under its id.",
    "table": "The table that lists the areas.",
    "title": "The name to show; made from the id where absent.",
    "unit": "The unit of its values, as it is to be shown.",
    "url": "Where it is published.",
    "within": "The larger areas that the areas lie in, by their geography.",
}
"""What a key means, where its model leaves it to its name."""
SPECIAL = {
    ("Defaults", "domains"): "Settings of what stands under `domains`.",
    ("Defaults", "subdomains"): "Settings of what stands under `subdomains`.",
    ("Defaults", "indicators"): "Settings of what stands under `indicators`.",
    ("Defaults", "supplementary"): "Settings of what stands under `supplementary`.",
    ("Exclusion", "code"): "The code of the area.",
}
log = logging.getLogger("mkdocs.plugins.settings")
WORDS = {
    "boolean": "`true` or `false`",
    "integer": "whole number",
    "number": "number",
    "string": "text",
}
BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "at least",
    "exclusiveMaximum": "below",
    "maximum": "at most",
}


@dataclass(frozen=True)
class Section:
    """A heading of the page: what it is about and the keys that it explains."""

    title: str
    description: str
    keys: dict[str, Schema]
    required: frozenset[str]
    same_as: dict[str, str]
    """Which keys stand in an earlier section already, by its title."""


def title_of(model: str) -> str:
    """Turn the name of a model into a heading: ``RateIndicator`` into ``Rate indicator``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model).capitalize()


def link(title: str) -> str:
    """Link to a section of the page."""
    return f"[{title.lower()}](#{title.lower().replace(' ', '-')})"


def models_within(schema: Any) -> Iterator[str]:
    """Name the models that a schema refers to, in order."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from models_within(part)


def in_order(schema: Schema) -> list[str]:
    """Name all models, in the order in which a reader of a definition meets them."""
    models: list[str] = []

    def visit(properties: Any) -> None:
        for model in models_within(properties):
            if model not in models:
                models.append(model)
                visit(schema["$defs"][model].get("properties", {}))

    visit(schema["properties"])
    return models


def alternatives(schema: Schema) -> list[Schema]:
    """Return the forms that a value may take, without null."""
    forms = schema.get("anyOf") or schema.get("oneOf")
    if not forms:
        return [] if schema.get("type") == "null" else [schema]
    return [leaf for form in forms for leaf in alternatives(form)]


def form_in_words(schema: Schema, nodes: frozenset[str]) -> str:
    """Say in words what one form of a value is."""
    if "$ref" in schema:
        return link(title_of(schema["$ref"].rpartition("/")[2]))
    if "const" in schema:
        return f"`{json.dumps(schema['const']).strip(chr(34))}`"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {in_words(schema.get('items', {}), nodes) or 'values'}"
    if schema.get("type") == "object":
        values = [*schema.get("patternProperties", {}).values()]
        if isinstance(schema.get("additionalProperties"), dict):
            values.append(schema["additionalProperties"])
        return f"names, each with: {in_words({'anyOf': values}, nodes)}" if values else "mapping"
    word = WORDS.get(str(schema.get("type")), "")
    bounds = [f"{say} {schema[key]:g}" for key, say in BOUNDS.items() if key in schema]
    return " ".join([word, " and ".join(bounds)]).strip()


def in_words(schema: Schema, nodes: frozenset[str]) -> str:
    """Say in words what values a key takes.

    Parameters
    ----------
    schema
        The schema of the key.
    nodes
        The models of nodes; where any of them will do, the reader is sent to all of them at once.
    """
    forms = alternatives(schema)
    if len(forms) > 1 and frozenset(models_within([f for f in forms if "$ref" in f])) == nodes:
        return f"the keys of {link(EVERY_NODE)} and of one kind of node"
    if {"string", "integer"} <= {form.get("type") for form in forms if len(form) == 1}:
        forms = [form for form in forms if form != {"type": "integer"}]
    return " or ".join(dict.fromkeys(form_in_words(form, nodes) for form in forms))


def keys_of(model: Schema) -> dict[str, Schema]:
    """Return the keys of a model."""
    return dict(model.get("properties", {}))


def sections(schema: Schema) -> list[Section]:
    """Cut the page into sections: the definition itself, then one per model.

    What is the same in every node stands once, before the first model that has it.
    """
    models = {name: schema["$defs"][name] for name in in_order(schema)}
    nodes = [keys_of(model) for model in models.values() if "kind" in model["properties"]]
    common = {key: say for key, say in nodes[0].items() if all(n.get(key) == say for n in nodes)}
    written = [Section("Definition", "", keys_of(schema), frozenset(schema["required"]), {})]
    for name, model in models.items():
        keys = keys_of(model)
        if shared(keys, common) and all(section.title != EVERY_NODE for section in written):
            about = "Keys of the index and of every domain, sub-domain and indicator."
            written.append(Section(EVERY_NODE, about, common, frozenset(), {}))
        same_as = {}
        for section in written[1:]:
            same = shared(keys, section.keys)
            if same:
                every = len(same) == len(section.keys)
                same_as[section.title] = "all" if every else ", ".join(f"`{key}`" for key in same)
                keys = {key: say for key, say in keys.items() if key not in same}
        about = model.get("description", "")
        required = frozenset(model.get("required", ()))
        written.append(Section(title_of(name), about, keys, required, same_as))
    return written


def shared(keys: Mapping[str, Schema], others: Mapping[str, Schema]) -> list[str]:
    """Name the keys that are the same in both, where that is more than one by chance."""
    same = [key for key in keys if others.get(key) == keys[key]]
    return same if len(same) > 1 else []


def cell(text: str) -> str:
    """Make text fit into a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def meaning(title: str, key: str, schema: Schema) -> str:
    """Say what a key does; a build of the documentation fails where nobody has said it."""
    said = schema.get("description") or SPECIAL.get((title, key)) or DESCRIPTIONS.get(key, "")
    if not said:
        log.warning("the key %r of %r has no description", key, title)
    return str(said)


def table(section: Section, nodes: frozenset[str]) -> str:
    """Lay out the keys of a section."""
    rows = ["| key | value | default | what it does |", "|---|---|---|---|"]
    for key, schema in section.keys.items():
        default = schema.get("default")
        stands_for_nothing = default is None or default in ("", [], {})
        shown = "" if stands_for_nothing else f"`{json.dumps(default).strip(chr(34))}`"
        cells = (
            f"`{key}`",
            in_words(schema, nodes),
            "*required*" if key in section.required else shown,
            meaning(section.title, key, schema),
        )
        rows.append("| " + " | ".join(cell(text) for text in cells) + " |")
    return "\n".join(rows)


def page() -> str:
    """Return the page in Markdown."""
    schema = json_schema()
    nodes = frozenset(
        name for name, model in schema["$defs"].items() if "kind" in model["properties"]
    ) - {"Index"}
    return "\n\n".join([INTRODUCTION, *paragraphs(sections(schema), nodes)]) + "\n"


def paragraphs(written: Iterable[Section], nodes: frozenset[str]) -> Iterator[str]:
    """Write the sections out."""
    for section in written:
        yield f"## {section.title}"
        if section.description:
            yield " ".join(section.description.split())
        if section.keys:
            yield table(section, nodes)
        for title, keys in section.same_as.items():
            yield f"From {link(title)}: {keys}."


with mkdocs_gen_files.open("reference/settings.md", "w") as file:
    file.write(page())
