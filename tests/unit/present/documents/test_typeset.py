"""Documents: tagged PDFs and web pages from one template, safe against odd words."""

from datetime import UTC, datetime
from functools import partial
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader

from hyperlocal.present.documents import DocumentError, Typeset, typeset

ODD = "#let x = 1 *b* $c$ <d> \"e\" 'f' _g_ `h` // ŵ Ŷ [i](j) @k \\ 100% & {l} =m"
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
TEMPLATE = """
#import "style.typ": *
#import "tables.typ": *
#show: document
#let data = json("data.json")
#title-block(subtitle: data.odd, lines: (data.odd,))
#contents()
= #data.odd
#callout(title: "Mind")[#data.long]
#key-figures(((value: "1,909", label: data.odd, note: data.long), (value: "8", label: "domains")))
== A table
#published-table(data.table)
#facts((("Source", data.odd), ("Left out", none), ("Caveats", (data.long, data.odd))))
== Pictures
#formula("a over b", $ a / b $)
#figure-with-alt("square.svg", "a square", caption: "A square", width: 20%)
#picture-grid(((name: "square.svg", alt: "left"), (name: "square.svg", alt: "right")))
#on-its-side(published-table(data.table))
= The end
"""
TABLE = {
    "caption": "A table of many rows",
    "columns": [
        {"heading": "Area", "kind": "text", "share": 2, "names_row": True},
        {"heading": "Rank (1 is the most need)", "kind": "whole"},
        {"heading": "Note", "kind": "text", "share": None},
    ],
    "rows": [[f"Area {row}", f"{row:,}", ODD if row == 3 else LONG[:90]] for row in range(80)],
    "notes": ["Rounded"],
    "shorthand": [{"mark": "[x]", "meaning": "not available"}],
    "source": "A publisher",
}
MADE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def document() -> Typeset:
    data = {"odd": ODD, "long": LONG, "table": TABLE}
    return typeset(TEMPLATE, data, {"square.svg": SQUARE}, ODD, author="The office", made=MADE)


class Tags(HTMLParser):
    """The tags of a page in order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in names]


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_the_pdf_is_tagged_and_says_what_it_is(document: Typeset) -> None:
    reader = PdfReader(BytesIO(document.pdf))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == ODD
    assert reader.metadata.author == "The office"
    assert reader.metadata.creation_date == MADE
    bookmarks = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert bookmarks[0] == "Contents"
    assert bookmarks[-1].endswith("The end")


def test_words_of_data_are_never_markup(document: Typeset) -> None:
    assert "".join(ODD.split()) in "".join(text_of(document.pdf).split())
    page = Tags(document.html)
    assert page.text.count(ODD) >= 5
    assert page.of("d") == []


@pytest.fixture(scope="module")
def of_words() -> Typeset:
    return typeset(TEMPLATE_OF_WORDS, {"table": NUMBERS, "words": WORDS}, {}, "Words")


def test_what_is_copied_from_the_pdf_holds_no_signs_but_its_own(
    document: Typeset, of_words: Typeset
) -> None:
    assert "\u200b" not in text_of(document.pdf)
    words = text_of(of_words.pdf).split()
    assert {"25.80", "1,234,567.891", "0.2200"} <= set(words)
    assert all("".join(one.split()) in "".join(words) for one in WORDS)


def test_long_words_are_broken_and_numbers_are_not(of_words: Typeset) -> None:
    words = text_of(of_words.pdf).split()
    assert WORDS[0] in words
    assert WORDS[1] not in words


def test_addresses_are_links_that_lead_to_the_whole_address(of_words: Typeset) -> None:
    notes = [note.get_object() for note in PdfReader(BytesIO(of_words.pdf)).pages[0]["/Annots"]]
    assert {note["/A"]["/URI"] for note in notes} == {ADDRESS, SHORT}
    assert {one["href"] for one in Tags(of_words.html).of("a")} >= {ADDRESS, SHORT}


ADDRESS = "https://www.gov.uk/statistics/english-indices-of-deprivation-2025?a=1&b=file_name.xlsx"
SHORT = "http://a.uk"
WORDS = ["10.12345.678901", "2019_lookup_of_areas_to_districts.csv", f"({ADDRESS}), {SHORT}."]
NUMBERS = {
    "caption": "Numbers",
    "columns": [{"heading": "A", "kind": "number"}, {"heading": "B", "kind": "text"}],
    "rows": [["25.80", "y"], ["1,234,567.891", ADDRESS], ["0.2200", "x"]],
}
TEMPLATE_OF_WORDS = """
#import "style.typ": *
#import "tables.typ": *
#show: document
#let data = json("data.json")
#published-table(data.table)
#block(width: 2.6cm, for one in data.words { par(breaking(one)) })
"""


def test_head_of_a_table_stands_on_every_page_of_it(document: Typeset) -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(document.pdf)).pages]
    with_rows = [text for text in pages if "Area 7" in text or "Area 30" in text]
    assert len(with_rows) > 1
    assert all("Rank" in text and "need)" in text for text in with_rows)
    assert f"Page 2 of {len(pages)}" in pages[1]


def test_no_word_leaves_its_page(document: Typeset) -> None:
    for page in PdfReader(BytesIO(document.pdf)).pages:
        width = float(page.mediabox.width)
        page.extract_text(visitor_text=partial(stay_within, width))


def stay_within(width: float, text: str, _: object, at: list[float], *font: object) -> None:
    for line in text.split("\n"):
        assert at[4] + len(line.strip()) * 0.4 * float(str(font[-1])) < width - 30, line


def test_the_page_is_whole_and_can_be_used_without_a_mouse_or_eyes(document: Typeset) -> None:
    page = Tags(document.html)
    assert page.of("html")[0]["lang"] == "en"
    assert page.of("a")[0]["class"] == "skip"
    assert page.of("main")[0]["id"] == "content"
    levels = [int(tag[1]) for tag, _ in page.found if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [one["alt"] for one in page.of("img")] == ["a square", "left", "right"]
    assert all(str(one["src"]).startswith("data:") for one in page.of("img"))
    assert page.of("math")
    assert {one["scope"] for one in page.of("th")} == {"col", "row"}
    scrolled = [one for one in page.of("div") if one.get("class") == "scroll"]
    assert scrolled[0]["aria-label"] == TABLE["caption"]
    assert page.of("link", "script") == []


def test_the_same_document_has_the_same_bytes() -> None:
    again = [typeset(TEMPLATE_OF_ONE_LINE, {}, {}, "One", made=MADE) for _ in range(2)]
    assert again[0] == again[1]


TEMPLATE_OF_ONE_LINE = '#import "style.typ": *\n#show: document\n= One\n'


def test_a_welsh_document_says_so() -> None:
    made = typeset(TEMPLATE_OF_ONE_LINE, {}, {}, "Un", language="cy")
    assert PdfReader(BytesIO(made.pdf)).trailer["/Root"]["/Lang"] == "cy"
    assert "Tudalen 1 o 1" in text_of(made.pdf)
    assert '<html lang="cy">' in made.html


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("#nothing-of-that-name", "unknown variable: nothing-of-that-name"),
        ('#image("missing.svg", alt: "x")', "file not found"),
        ("#show: document\n$ x $", "missing alt text"),
    ],
)
def test_a_faulty_template_is_an_error_of_ours(template: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said) as error:
        typeset(f'#import "style.typ": *\n{template}', {}, {}, "A title")
    assert "fault of hyperlocal" in str(error.value)


def test_letters_that_no_font_has_are_told() -> None:
    template = '#import "style.typ": *\n#show: document\n#json("data.json").name'
    with pytest.raises(DocumentError, match=r"no font of ours has the letters .漢."):
        typeset(template, {"name": "漢字"}, {}, "A title")
