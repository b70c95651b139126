"""The words in which tables and reports speak of an index, its areas and its measures."""

from __future__ import annotations

from dataclasses import dataclass

from hyperlocal.areas import Geography
from hyperlocal.definition import Definition, ResolvedNode

AREAS = {
    "oa": ("Output Area", "Output Areas"),
    "lsoa": ("Lower layer Super Output Area", "Lower layer Super Output Areas"),
    "msoa": ("Middle layer Super Output Area", "Middle layer Super Output Areas"),
    "dz": ("data zone", "data zones"),
    "iz": ("intermediate zone", "intermediate zones"),
    "ward": ("ward", "wards"),
    "wd": ("ward", "wards"),
    "lad": ("local authority district", "local authority districts"),
    "ltla": ("local authority district", "local authority districts"),
    "utla": ("upper tier local authority", "upper tier local authorities"),
    "cauth": ("combined authority", "combined authorities"),
    "csp": ("community safety partnership", "community safety partnerships"),
    "icb": ("integrated care board", "integrated care boards"),
    "lhb": ("local health board", "local health boards"),
    "region": ("region", "regions"),
    "rgn": ("region", "regions"),
}
"""What areas of a geography are called, one and several."""

SHORT = ("oa", "lsoa", "msoa")
"""Kinds of areas that everyone calls by their initials."""

ROLES = {
    "index": "index",
    "domains": "domain",
    "subdomains": "sub-domain",
    "indicators": "indicator",
    "supplementary": "supplementary measure",
}


@dataclass(frozen=True)
class Words:
    """How an index speaks of what it measures.

    Parameters
    ----------
    concept
        What it measures: ``need`` or ``deprivation``.

    Examples
    --------
    >>> Words("deprivation").most, Words("need").most
    ('the most deprived', 'the greatest need')
    """

    concept: str

    @classmethod
    def of(cls, definition: Definition) -> Words:
        """Return the words of a definition."""
        return cls(definition.written.concept)

    @property
    def most(self) -> str:
        """What rank 1 is."""
        return "the most deprived" if self.concept == "deprivation" else "the greatest need"

    @property
    def most_areas(self) -> str:
        """What the areas of the first ranks are."""
        return "most deprived areas" if self.concept == "deprivation" else "areas of most need"

    def tenth(self, areas: str = "areas") -> str:
        """Say what decile 1 is.

        Examples
        --------
        >>> Words("need").tenth(), Words("deprivation").tenth("LSOAs")
        ('the tenth of areas of most need', 'the most deprived tenth of LSOAs')
        """
        if self.concept == "deprivation":
            return f"the most deprived tenth of {areas}"
        return f"the tenth of {areas} of most need"


def areas_called(geography: str, number: int = 2) -> str:
    """Return what areas of a geography are called.

    Parameters
    ----------
    geography
        A geography such as ``lsoa21``; any other name is taken as it is.
    number
        How many there are.

    Examples
    --------
    >>> areas_called("ltla24"), areas_called("ltla24", 1), areas_called("our_wards_9")
    ('local authority districts', 'local authority district', 'our wards 9')
    """
    kind = kind_of(geography)
    if kind not in AREAS:
        return geography.replace("_", " ")
    return AREAS[kind][number != 1]


def areas_briefly(geography: str) -> str:
    """Return what areas of a geography are called where there is little room.

    Examples
    --------
    >>> areas_briefly("lsoa21"), areas_briefly("ltla24")
    ('LSOAs', 'local authority districts')
    """
    kind = kind_of(geography)
    return f"{kind.upper()}s" if kind in SHORT else areas_called(geography)


def geography_called(geography: str) -> str:
    """Return a geography with its vintage as it stands in headings.

    Examples
    --------
    >>> [geography_called(one) for one in ("lsoa21", "ltla24", "region", "estates")]
    ['LSOA (2021)', 'Local authority district (2024)', 'Region', 'Estates']
    """
    kind = kind_of(geography)
    if kind not in AREAS:
        return geography[:1].upper() + geography[1:].replace("_", " ")
    short = kind.upper() if len(AREAS[kind][0].split()) > 1 and kind in SHORT else ""
    name = short or AREAS[kind][0][:1].upper() + AREAS[kind][0][1:]
    return name if kind == geography else f"{name} ({Geography.from_name(geography).vintage})"


def kind_of(geography: str) -> str:
    """Return the kind of a geography, empty where it is none that is known.

    Examples
    --------
    >>> kind_of("lsoa21"), kind_of("region"), kind_of("estates")
    ('lsoa', 'region', '')
    """
    try:
        return Geography.from_name(geography).kind
    except ValueError:
        return geography if geography in AREAS else ""


def role_called(node: ResolvedNode) -> str:
    """Return what a node is in its index: a domain, an indicator and so on."""
    return ROLES.get(node.role, node.role)
