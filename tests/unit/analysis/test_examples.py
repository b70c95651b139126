"""The examples to copy can be read, and say what their first lines promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyperlocal.analysis import load_flags, read_design

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("design-*.yaml")), ids=lambda file: file.stem)
def test_designs(file):
    design = read_design(file)
    assert design.varies
    assert design.sobol is not None
    assert design.leave_out
    assert f"examples/{file.name}" in file.read_text()


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("flags-*.yaml")), ids=lambda file: file.stem)
def test_flags(file):
    written = load_flags(file).written
    assert written.flags
    assert all(flag.title for flag in written.flags.values())
