"""Which figures a publication has."""

from __future__ import annotations

from hyperlocal.present.citation import credit_for
from hyperlocal.present.gallery import draw
from hyperlocal.present.publication import read_publication


def test_weights_are_drawn_only_of_what_has_several_parts(small):
    def names() -> list[str]:
        publication = read_publication(small.build())
        return [one.figure.name for one in draw(publication, credit_for(publication))]

    assert "weights" in names()
    before, money = small.definition.read_text().split("    money:")
    small.definition.write_text(before)
    small.change_table("income", "pay")
    assert money
    assert not [name for name in names() if name.startswith("weights")]
