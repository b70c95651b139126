"""One nation for many tests: it is the same for all, and none changes it."""

from __future__ import annotations

import pytest

from hyperlocal.synthetic import Nation, make_nation


@pytest.fixture(scope="session")
def nation() -> Nation:
    """A nation of 400 LSOAs."""
    return make_nation(areas=400, seed=3)
