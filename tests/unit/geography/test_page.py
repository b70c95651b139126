"""The examples on the page about geography give what the page says, and importing stays cheap."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "geography.md"


def test_examples_of_the_page():
    text = PAGE.read_text(encoding="utf-8").replace("```", "")
    example = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert len(example.examples) > 20
    said: list[str] = []
    flags = doctest.NORMALIZE_WHITESPACE
    result = doctest.DocTestRunner(optionflags=flags).run(example, out=said.append)
    assert result.failed == 0, "".join(said)


def test_slow_libraries_are_imported_only_where_they_are_used():
    slow = "convertbng", "geopandas", "pyarrow", "pyogrio", "pyproj", "scipy", "shapely"
    code = f"import sys, hyperlocal.geography; print(sorted(set({slow}) & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
