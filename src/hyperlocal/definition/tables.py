"""What the tables and lists of a definition must satisfy: files, names, use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hyperlocal.definition.findings import Findings
from hyperlocal.definition.inputs import FromList, Input, Rows
from hyperlocal.definition.models import WrittenDefinition
from hyperlocal.definition.nodes import Indicator
from hyperlocal.definition.records import Records
from hyperlocal.definition.resolve import ResolvedNode, records_of, used_records
from hyperlocal.definition.source import Path


class Tables:
    """Checks the inputs, the tables of records and the lists of a definition in themselves.

    Parameters
    ----------
    written
        The definition.
    read
        Its nodes and populations: what tables are read for.
    findings
        Collects what is wrong.
    """

    def __init__(
        self, written: WrittenDefinition, read: Sequence[ResolvedNode], findings: Findings
    ) -> None:
        self.written = written
        self.read = read
        self.findings = findings
        self.add = findings.add

    def _one_file(self, path: Path, table: Input | Records) -> None:
        if (table.file is None) == (not table.forms):
            self.add(
                path,
                "states both 'file' and 'forms'" if table.file else "has no 'file'",
                "state one file, or a list of forms",
                [(*path, "file"), (*path, "forms")],
            )

    @property
    def _all_stands(self) -> bool:
        """Whether nothing was taken out or changed: else what is not used may well be."""
        return not self.findings.damaged and not self.findings.source.changed

    def inputs(self) -> None:
        """Check that each input names its file."""
        for name, table in self.written.inputs.items():
            self._one_file(("inputs", name), table)

    def records(self) -> None:
        """Check the tables of records, and that indicators name those that there are."""
        for name, table in self.written.records.items():
            path: Path = ("records", name)
            self._one_file(path, table)
            if name in self.written.inputs:
                self.add(path, f"{name!r} is the name of an input as well", "name it otherwise")
        used = used_records(self.read)
        for name in self.written.records:
            if name not in used and self._all_stands:
                self.add(("records", name), "is not used", "delete it, or gather from it")
        for node in self.read:
            for key, name in records_of(node):
                if name not in self.written.records:
                    known = ", ".join(self.written.records) or "none are stated"
                    self.add(
                        (*node.path, *key),
                        f"there is no table of records {name!r}",
                        f"known are: {known}",
                        [("records", name)],
                    )

    def lists(self) -> None:
        """Check the lists, and that rows and indicators name those that there are."""
        for name, codes in self.written.lists.items():
            path: Path = ("lists", name)
            stated = [key for key in ("file", "codes", "numbers") if getattr(codes, key)]
            if len(stated) != 1:
                self.add(
                    path,
                    f"states both {stated[0]!r} and {stated[1]!r}"
                    if stated
                    else "has neither file nor codes",
                    "state one of them",
                    [(*path, key) for key in ("file", "codes", "numbers")],
                )
            if codes.number and not codes.file:
                self.add((*path, "number"), "has no effect without 'file'", "delete it")
        used: set[str] = set()
        for path, name, with_numbers in self._all_lists():
            used.add(name)
            if name not in self.written.lists:
                known = ", ".join(self.written.lists) or "none are stated"
                self.add(
                    path, f"there is no list {name!r}", f"known are: {known}", [("lists", name)]
                )
                continue
            codes = self.written.lists[name]
            if with_numbers and not (codes.number or codes.numbers):
                self.add(
                    ("lists", name),
                    "does not say what number each code stands for",
                    "state 'number', the column of the file that holds it; or write out 'numbers'",
                )
        for name in self.written.lists:
            if name not in used and self._all_stands:
                self.add(("lists", name), "is not used", "delete it, or use it in a 'where'")

    def _all_lists(self) -> Iterator[tuple[Path, str, bool]]:
        """Yield every use of a list, and whether it needs the numbers of its codes."""
        for path, rows in self._all_rows():
            for heading, wanted in rows.items():
                if isinstance(wanted, FromList):
                    yield (*path, heading, "list"), wanted.list, False
        for node in self.read:
            if isinstance(node.written, Indicator):
                for key, name, with_numbers in node.written.lists_used():
                    yield (*node.path, *key), name, with_numbers

    def _all_rows(self) -> Iterator[tuple[Path, Rows]]:
        tables: list[tuple[Path, Input | Records]] = [
            *((("inputs", name), table) for name, table in self.written.inputs.items()),
            *((("records", name), table) for name, table in self.written.records.items()),
        ]
        for where, table in tables:
            yield (*where, "where"), table.where
            for place, form in enumerate(table.forms):
                yield (*where, "forms", place, "where"), form.where
        for node in self.read:
            if isinstance(node.written, Indicator):
                for key, rows in node.written.rows_chosen():
                    yield (*node.path, *key), rows
            for purpose, columns in node.columns().items():
                for place, column in enumerate(columns):
                    path: Path = (*node.path, purpose)
                    if (*path, place) in self.findings.source.lines:  # one of a list of columns
                        path = (*path, place)
                    yield (*path, "where"), column.where
