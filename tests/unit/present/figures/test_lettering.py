"""Lines of text fit: measured with the font itself."""

from __future__ import annotations

from pathlib import Path

import font_source_sans_pro
import pytest
from PIL import ImageFont

from hyperlocal.present.figures.lettering import width_of, wrapped

TEXTS = [
    "English Indices of Deprivation 2025: LSOAs in Kirklees by decile",
    "Mynegai Amddifadedd Lluosog Cymru: Rhŷd-ddu, Ŵyr, Ynys Môn",
    "WWW MMM mmm www @@@ %%% ——— ©©©",
    "Barriers to housing & services (0.5–1.0), “quoted”; it’s £5 × 3 ≥ 2 − 1!",
    "the quick brown fox jumps over the lazy dog 0123456789 PACK MY BOX WITH FIVE DOZEN JUGS",
]


@pytest.mark.parametrize("cut", ["Regular", "Semibold"])
@pytest.mark.parametrize("text", TEXTS)
def test_no_text_is_wider_than_said_nor_much_narrower(text: str, cut: str) -> None:
    file = Path(font_source_sans_pro.font_directory) / f"SourceSansPro-{cut}.ttf"
    drawn = ImageFont.truetype(str(file), 100).getlength(text)
    assert drawn <= width_of(text, 100) <= 1.35 * drawn


def test_lines_keep_all_words_and_fit() -> None:
    for text in TEXTS:
        lines = wrapped(text, 150, 12)
        assert " ".join(lines) == text
        assert max(width_of(line, 12) for line in lines) <= 150


def test_a_word_that_is_wider_than_the_line_is_broken() -> None:
    word = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
    lines = wrapped(f"At {word} station", 120, 12)
    assert "".join(lines).replace(" ", "") == f"At{word}station"
    assert max(width_of(line, 12) for line in lines) <= 120


def test_line_breaks_are_kept_and_nothing_is_no_line() -> None:
    assert wrapped("one\ntwo", 500, 12) == ["one", "two"]
    assert wrapped("", 500, 12) == []
