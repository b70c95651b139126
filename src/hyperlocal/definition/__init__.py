"""What an index is: the language of definitions, read, checked and resolved; knows no data."""

from hyperlocal.definition.load import Definition, json_schema, load_definition, parse_definition
from hyperlocal.definition.resolve import ResolvedNode

__all__ = ["Definition", "ResolvedNode", "json_schema", "load_definition", "parse_definition"]
