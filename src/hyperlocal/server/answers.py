"""What the API answers, from what a site holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
from numpy.typing import NDArray
from starlette.exceptions import HTTPException

from hyperlocal.explorer.postcode_table import FoundPostcode, PostcodeTable
from hyperlocal.server.contents import Columns, Contents
from hyperlocal.server.models import AreasAsked, DistrictsAsked, Page, ValuesAsked
from hyperlocal.server.searching import Entry

INDICATORS = {"indicators", "supplementary"}
WHOLE = ("rank", "decile", "percentile")
Places = NDArray[np.int64]
Answer = dict[str, Any]


class Answers:
    """Answers of a site; what it does not hold is refused with 404."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents

    def index(self, lang: str) -> Answer:
        """Tell of the index."""
        site = self.contents.site
        same = ("id", "description", "publisher", "licence", "url", "made", "geography", "areas")
        more = ("root", "intervals", "versions", "bounds", "notes")
        without_files = [_without(one, "file") for one in site["versions"]]
        postcodes = site["postcodes"]
        return {
            **{key: site[key] for key in (*same, *more)},
            "title": _title(site, lang),
            "nodes": [self._node(one, lang) for one in self.contents.nodes],
            "conventions": site["combinations"],
            "groups": self.kinds(),
            "versions": without_files,
            "postcodes": postcodes and _without(postcodes, "path", "areas"),
        }

    def areas(self, asked: AreasAsked, url: str) -> Answer:
        """List areas."""
        node, columns = self._ranked(asked.node)
        places = columns.by_rank if asked.order == "rank" else np.arange(self.contents.size)
        if asked.group is not None:
            places = places[self._in_group(asked.group)[places]]
        if asked.decile is not None:
            places = places[columns.decile[places] == asked.decile]
        page = places[asked.offset : asked.offset + asked.limit]
        fields = asked.fields.split(",")
        told: dict[str, Iterable[Any]] = {"code": self._codes(page)}
        if "name" in fields:
            told["name"] = self._names(page, asked.lang)
        if "groups" in fields:
            told["groups"] = [self._groups(place, asked.lang) for place in page.tolist()]
        for name in ("rank", "decile", "score"):
            if name in fields:
                told[name] = numbers(name, getattr(columns, name)[page].tolist())
        rows = [dict(zip(told, row, strict=True)) for row in zip(*told.values(), strict=True)]
        return {"node": node, **_paged(places.size, asked, url), "areas": rows}

    def area(self, code: str, lang: str) -> Answer:
        """Tell all that is known of an area."""
        place = self.contents.places.get(code)
        if place is None:
            raise HTTPException(404, f"there is no area {code!r}")
        names, rows = self.contents.numbers(np.array([place]))
        told: dict[str, dict[str, Any]] = {}
        other = {}
        of = self.contents.column_nodes
        for name, number in zip(names, rows[0].tolist(), strict=True):
            if name in of:
                node, measure = of[name]
                told.setdefault(node, {})[measure] = numbers(measure, [number])[0]
            else:
                other[name] = numbers(name, [number])[0]
        similar = self.contents.similar(place)
        return {
            **self._named(place, lang),
            "groups": self._groups(place, lang),
            "nodes": told,
            "other": other,
            "similar": [{**self._named(one, lang), "distance": far} for one, far in similar],
            "intervals": self.contents.site["intervals"],
        }

    def kinds(self) -> list[Answer]:
        """List the kinds of larger areas."""
        return [_without(one, "file") for one in self.contents.site["groups"]]

    def districts(self, kind: str, asked: DistrictsAsked, url: str) -> Answer:
        """List larger areas with the summaries of a node."""
        held = self._districts(kind)
        node = self._known(asked.node)
        measures = held["measures"].get(node, {})
        end = min(asked.offset + asked.limit, len(held["codes"]))
        rows = [
            {
                **self._district(kind, held, at, asked.lang),
                "measures": {name: values[at] for name, values in measures.items()},
            }
            for at in range(asked.offset, end)
        ]
        paged = _paged(len(held["codes"]), asked, url)
        return {"kind": kind, "node": node, **paged, "districts": rows}

    def district(self, kind: str, code: str, lang: str) -> Answer:
        """Tell all summaries of a larger area."""
        held = self._districts(kind)
        if code not in held["codes"]:
            raise HTTPException(404, f"there is no larger area {code!r} of the kind {kind!r}")
        at = held["codes"].index(code)
        measures = {
            node: {name: values[at] for name, values in each.items()}
            for node, each in held["measures"].items()
        }
        return {"kind": kind, **self._district(kind, held, at, lang), "measures": measures}

    def indicators(self, lang: str) -> list[Answer]:
        """List the indicators."""
        nodes = self.contents.nodes
        return [self._node(one, lang) for one in nodes if nodes[one]["role"] in INDICATORS]

    def indicator(self, name: str, lang: str) -> Answer:
        """Tell of an indicator."""
        node = self.contents.nodes.get(name)
        if node is None or node["role"] not in INDICATORS:
            raise HTTPException(404, f"there is no indicator {name!r}")
        return self._node(name, lang)

    def values(self, name: str, asked: ValuesAsked, url: str) -> Answer:
        """List the numbers of an indicator in each area."""
        unit = self.indicator(name, asked.lang)["unit"]
        places = np.arange(self.contents.size)
        if asked.group is not None:
            places = places[self._in_group(asked.group)]
        page = places[asked.offset : asked.offset + asked.limit]
        columns, rows = self.contents.numbers(page)
        of = self.contents.column_nodes
        told: dict[str, Iterable[Any]] = {
            "code": self._codes(page),
            "name": self._names(page, asked.lang),
        }
        for column, at in columns.items():
            node, measure = of.get(column, ("", ""))
            if node == name:
                told[measure] = numbers(measure, rows[:, at].tolist())
        listed = [dict(zip(told, row, strict=True)) for row in zip(*told.values(), strict=True)]
        paged = _paged(places.size, asked, url)
        return {"indicator": name, "unit": unit, **paged, "values": listed}

    def postcode(self, given: str, lang: str) -> Answer:
        """Tell the area of a postcode, with rank and decile of the index."""
        return self._located([self._table().find_one(given)], [given], lang)[0]

    def postcode_list(self, given: Sequence[str], lang: str) -> Answer:
        """Tell the areas of many postcodes, and how many have which status."""
        texts = [one.encode("utf-8", "replace").decode() for one in given]  # no half pairs
        found = self._table().find(texts)
        told = self._located([FoundPostcode(*row) for row in found.iter_rows()], given, lang)
        counts = dict(Counter(one["status"] for one in told))
        return {"node": self.contents.site["root"], "counts": counts, "postcodes": told}

    def search(self, asked: str, limit: int, lang: str) -> Answer:
        """Find areas, larger areas, places and postcodes."""
        found = []
        table = self.contents.postcodes()
        if table is not None and (one := table.find_one(asked)).area >= 0:
            area = self._named(one.area, lang)
            found.append(_match("postcode", code=one.postcode, name=area["name"], of=area["code"]))
        found += [self._match(entry, lang) for entry in self.contents.names.find(asked, limit)]
        return {"q": asked, "results": found[:limit]}

    def _table(self) -> PostcodeTable:
        table = self.contents.postcodes()
        if table is None:
            raise HTTPException(404, "this site was published without postcodes")
        return table

    def _located(
        self, found: Sequence[FoundPostcode], given: Sequence[str], lang: str
    ) -> list[Answer]:
        _, columns = self._ranked(None)
        places = np.array([max(one.area, 0) for one in found], np.int64)
        ranks = numbers("rank", columns.rank[places].tolist())
        deciles = numbers("decile", columns.decile[places].tolist())
        nowhere = {"code": None, "name": None, "rank": None, "decile": None}
        return [
            {
                "postcode": raw if one.postcode is None else one.postcode,
                "status": one.status,
                "terminated": one.terminated,
                **(
                    nowhere
                    if one.area < 0
                    else {**self._named(one.area, lang), "rank": rank, "decile": decile}
                ),
            }
            for one, raw, rank, decile in zip(found, given, ranks, deciles, strict=True)
        ]

    def _match(self, entry: Entry, lang: str) -> Answer:
        if entry.kind == "area":
            return _match("area", **self._named(entry.place, lang))
        if entry.kind == "group":
            return _match("group", **self._group(entry.of, entry.place, lang), of=entry.of)
        where = self.contents.gazetteer
        assert where is not None
        kinds = where.get("kinds")
        return _match(
            "place",
            name=where["names"][entry.place],
            of=kinds[entry.place] if kinds else None,
            longitude=where["longitude"][entry.place],
            latitude=where["latitude"][entry.place],
        )

    def _known(self, node: str | None) -> str:
        name: str = self.contents.site["root"] if node is None else node
        if name not in self.contents.nodes:
            raise HTTPException(404, f"there is no node {name!r}; /api lists them")
        return name

    def _ranked(self, node: str | None) -> tuple[str, Columns]:
        name = self._known(node)
        columns = self.contents.columns(name)
        if columns is None:
            raise HTTPException(404, f"the node {name!r} is not ranked")
        return name, columns

    def _in_group(self, group: str) -> NDArray[np.bool_]:
        kind, _, code = group.partition(":")
        if kind not in self.contents.groups or code not in self.contents.groups[kind]["codes"]:
            raise HTTPException(404, f"there is no larger area {code!r} of the kind {kind!r}")
        place = self.contents.groups[kind]["codes"].index(code)
        return np.asarray(self.contents.group_of(kind) == place)

    def _districts(self, kind: str) -> Answer:
        if kind not in self.contents.groups:
            raise HTTPException(404, f"there is no kind of larger areas {kind!r}")
        return self.contents.districts(kind)

    def _district(self, kind: str, held: Answer, at: int, lang: str) -> Answer:
        code = held["codes"][at]
        named = self.contents.groups[kind]
        place = named["codes"].index(code) if code in named["codes"] else None
        told = {"code": code, "name": held["names"][at]}
        if place is not None:
            told = self._group(kind, place, lang)
        people = held["population"]  # none where the site was written without populations
        population = None if people is None else people[at]
        return {**told, "areas": held["areas"][at], "population": population}

    def _node(self, name: str, lang: str) -> Answer:
        node = self.contents.nodes[name]
        return {**_without(node, "file", "title_cy"), "title": _title(node, lang)}

    def _codes(self, places: Places) -> list[str]:
        codes = self.contents.areas["codes"]
        return [codes[place] for place in places.tolist()]

    def _names(self, places: Places, lang: str) -> list[str | None]:
        return [_name(self.contents.areas, place, lang) for place in places.tolist()]

    def _named(self, place: int, lang: str) -> Answer:
        areas = self.contents.areas
        return {"code": areas["codes"][place], "name": _name(areas, place, lang)}

    def _group(self, kind: str, place: int, lang: str) -> Answer:
        groups = self.contents.groups[kind]
        return {"code": groups["codes"][place], "name": _name(groups, place, lang)}

    def _groups(self, place: int, lang: str) -> Answer:
        of = {kind: int(self.contents.group_of(kind)[place]) for kind in self.contents.groups}
        return {
            kind: None if group < 0 else self._group(kind, group, lang)
            for kind, group in of.items()
        }


def numbers(measure: str, values: list[Any]) -> list[Any]:
    """Write numbers for JSON: none where there is none, ranks and deciles whole where they are.

    Examples
    --------
    >>> numbers("rank", [0, 2.0, 2.5]), numbers("score", [0.0, float("nan")])
    ([None, 2, 2.5], [0.0, None])
    """
    if not measure.startswith(WHOLE):
        return [value if value == value else None for value in values]  # noqa: PLR0124 - NaN
    return [
        None if value == 0 or value != value else int(value) if value % 1 == 0 else value  # noqa: PLR0124 - NaN
        for value in values
    ]


def _name(named: Answer, place: int, lang: str) -> str | None:
    welsh = named["names_cy"] if lang == "cy" else None
    name: str | None = (welsh and welsh[place]) or named["names"][place]
    return name


def _title(titled: Answer, lang: str) -> str:
    title: str = (titled["title_cy"] if lang == "cy" else None) or titled["title"]
    return title


def _without(one: Answer, *keys: str) -> Answer:
    return {key: value for key, value in one.items() if key not in keys}


def _match(kind: str, **told: Any) -> Answer:
    rest = dict.fromkeys(("code", "name", "of", "longitude", "latitude"))
    return {"kind": kind, **rest, **told}


def _paged(total: int, asked: Page, url: str) -> Answer:
    """Tell how many there are, and where the next part of the list is."""
    after = asked.offset + asked.limit
    following = None
    if after < total:
        parts = urlsplit(url)
        query = {**dict(parse_qsl(parts.query)), "offset": after, "limit": asked.limit}
        following = f"{parts.path}?{urlencode(query)}"
    return {"total": int(total), "offset": asked.offset, "next": following}
