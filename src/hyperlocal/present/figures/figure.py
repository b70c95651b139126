"""What a figure is: a drawing with a title, a source, and words for those who do not see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hyperlocal.present.figures.drawing import drawn, picture
from hyperlocal.present.figures.page import described, page
from hyperlocal.present.words import Words

NEED = Words("need")

SCALE = 2.0
"""How many pixels of a picture one of a drawing is."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A map or a chart.

    Parameters
    ----------
    name
        What its file is called, without an ending.
    title
        What is seen, where and of when.
    alt
        The text in its place, for those who do not see it: what it shows and the numbers that
        matter.
    source
        Who is to be named for the numbers and boundaries, and the licence.
    spec
        The drawing: a Vega-Lite specification with its data in it, without title and source.
    subtitle
        How to read it.
    """

    name: str
    title: str
    alt: str
    source: str
    spec: Mapping[str, Any]
    subtitle: str = ""

    @cached_property
    def _drawn(self) -> str:
        return drawn(self.spec)

    def svg(self, bare: bool = False) -> str:
        """Draw the figure as SVG.

        Parameters
        ----------
        bare
            Leave out title, subtitle and source: for documents, which have captions of their own.
        """
        if bare:
            return described(self._drawn, self.title, self.alt)
        return page(self._drawn, self.title, self.subtitle, self.source, self.alt)

    def png(self, scale: float = SCALE, bare: bool = False) -> bytes:
        """Draw the figure as PNG; its title and alternative text are written in it.

        Parameters
        ----------
        scale
            How many pixels one of the drawing is, 96 of which are an inch.
        bare
            Leave out title, subtitle and source.
        """
        if bare and scale == SCALE:
            return self._bare
        return self._picture(scale, bare)

    @cached_property
    def _bare(self) -> bytes:
        """The picture that several documents show."""
        return self._picture(SCALE, bare=True)

    def _picture(self, scale: float, bare: bool) -> bytes:
        texts = {"Title": self.title, "Description": self.alt}
        return picture(self.svg(bare), scale, texts)


@dataclass(frozen=True)
class Subject:
    """What a figure is about, in the words of its title and of its alternative text.

    Parameters
    ----------
    name
        What the figure's file is called, without an ending.
    title
        The index, domain or indicator: ``Income``, ``Hyper-local Need 2025``.
    place
        What is drawn: ``Kirklees``.
    among
        All areas that ranks and deciles are among: ``England``; empty where it is the place.
    areas
        What the areas are called, several of them: ``LSOAs``.
    source
        Who is to be named, and the licence.
    words
        Whether the index speaks of need or of deprivation.
    """

    name: str
    title: str
    place: str
    among: str = ""
    areas: str = "areas"
    source: str = ""
    words: Words = NEED

    @property
    def whole(self) -> str:
        """All areas that ranks are among, in words.

        Examples
        --------
        >>> Subject("a", "Income", "Kirklees", "England", "LSOAs").whole
        'all LSOAs in England'
        """
        return f"all {self.areas} in {self.among or self.place}"

    @property
    def most(self) -> str:
        """What decile 1 is."""
        return self.words.most.removeprefix("the ")

    @property
    def least(self) -> str:
        """What decile 10 is."""
        return "least deprived" if self.words.concept == "deprivation" else "least need"

    @property
    def decile_labels(self) -> tuple[str, ...]:
        """The ten deciles as legends have them.

        Examples
        --------
        >>> Subject("a", "Income", "Wales").decile_labels[:2]
        ('1 (greatest need)', '2')
        """
        middle = (str(decile) for decile in range(2, 10))
        return (f"1 ({self.most})", *middle, f"10 ({self.least})")

    def top(self, share: str) -> str:
        """Name the areas at the top of the ranking.

        Examples
        --------
        >>> Subject("a", "Income", "Wales").top("10%")
        'the 10% with the most need'
        >>> Subject("a", "Income", "Wales", words=Words("deprivation")).top("10%")
        'the most deprived 10%'
        """
        if self.words.concept == "deprivation":
            return f"the most deprived {share}"
        return f"the {share} with the most need"
