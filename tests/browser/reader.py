"""Somebody who looks at a site in Chromium, with mouse and keyboard."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import polars as pl
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect

WAIT = 10_000
TILE = 512
HALF = 4  # pixels around a place whose commonest colour is told
SOFTWARE_SAYS = "GPU stall due to ReadPixels"
CLEAR = 40  # pixels around a place that no panel and no shadow may reach
WATCH = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


class Reader:
    """A page of a site. `problems` is what went wrong: errors, refusals, requests to others."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        bypass_csp: bool = False,
        **options: Any,
    ) -> None:
        self.address = address
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=options.pop("locale", "en-GB"),
            bypass_csp=bypass_csp,
            **options,
        )
        self.context.set_default_timeout(WAIT)
        self.context.on("request", lambda request: self._requested(request.url))
        self.page = self._watched(self.context.new_page())

    def open(self, link: str = "") -> Self:
        """Open the site at a link, the part of an address after `#`, and wait until it is there."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}#{link}")
        return self.ready()

    def turn(self, link: str) -> Self:
        """Follow a link within the page, as its back button does; the map stays."""
        self.page.evaluate("(link) => { location.hash = link; }", link)
        self.page.wait_for_function(
            "() => !document.querySelector('main .spinner, main [aria-busy=true]')"
        )
        return self.settled()

    def ready(self) -> Self:
        """Wait until the page is there and the map is painted, where there is one."""
        self.page.locator(".shell").wait_for()
        self.page.wait_for_function(
            "() => !document.querySelector('.message[role=status]') && "
            "(document.querySelector('[data-painted=yes]') || "
            "document.querySelector('p.message') || !document.querySelector('section.map'))"
        )
        self.settled()
        return self

    def settled(self) -> Self:
        """Wait until the map stands still and is drawn: three frames of the same address."""
        self.page.wait_for_function(
            """() => new Promise((done) => {
              let same = 0, last = location.hash;
              const look = () => {
                same = location.hash === last ? same + 1 : 0;
                last = location.hash;
                if (same > 6) requestAnimationFrame(() => done(true));
                else setTimeout(look, 60);
              };
              look();
            })"""
        )
        return self

    @property
    def panel(self) -> Locator:
        """What stands beside the map."""
        return self.page.locator("main#panel")

    @property
    def link(self) -> dict[str, str]:
        """What the address says, by its keys."""
        self.settled()
        text = urlsplit(self.page.url).fragment
        return dict(parse_qsl(text))

    def go(self, view: str) -> Self:
        """Choose a view by the name of its button."""
        self.page.get_by_role("navigation").get_by_role("button", name=view, exact=True).click()
        return self

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """Return a button by its name."""
        return (within or self.page).get_by_role("button", name=name, exact=True)

    def says(self, text: str | Any, within: Locator | None = None) -> None:
        """Wait until a text is there."""
        expect(within or self.panel).to_contain_text(text, timeout=WAIT)

    def search(self, text: str) -> Locator:
        """Type into the search box; return the suggestions."""
        box = self.page.locator("section.find").get_by_role("combobox")
        box.fill("")
        box.type(text) if len(text) < 40 else box.fill(text)
        return self.page.locator("section.find").get_by_role("option")

    def table(self, within: Locator | None = None) -> list[list[str]]:
        """Return the rows of a table as text, headings first."""
        where = (within or self.panel).locator("table").first
        where.wait_for()
        rows = where.evaluate(
            "(table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText))"
        )
        return [[" ".join(cell.split()) for cell in row] for row in rows]

    def saved(self, button: Locator) -> Download:
        """Return the file that a button saves."""
        with self.page.expect_download() as saving:
            button.click()
        return saving.value

    def csv(self, button: Locator) -> pl.DataFrame:
        """Return the table that a button saves, all as text."""
        return pl.read_csv(Path(self.saved(button).path()), infer_schema=False)

    # the map

    @property
    def canvas(self) -> Locator:
        """What the map is drawn on."""
        return self.page.locator(".maplibregl-canvas")

    def pixels(self, places: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return where places (longitude, latitude) are on the page, as the address says."""
        zoom, latitude, longitude = map(float, self.link["at"].split("/"))
        box = self.page.get_by_test_id("map").bounding_box()
        assert box
        size = TILE * 2**zoom
        middle = _mercator(longitude, latitude)
        return [
            (
                box["x"] + box["width"] / 2 + (x - middle[0]) * size,
                box["y"] + box["height"] / 2 + (y - middle[1]) * size,
            )
            for x, y in (_mercator(*place) for place in places)
        ]

    def on_map(self, points: list[tuple[float, float]]) -> list[bool]:
        """Tell of points of the page whether the map is there, and nothing lies over it."""
        return self.page.evaluate(
            """([points, room]) => {
              const clear = (x, y) => document.elementFromPoint(x, y)?.tagName === "CANVAS";
              return points.map(([x, y]) => [-room, 0, room].every((dx) =>
                [-room, 0, room].every((dy) => clear(x + dx, y + dy))));
            }""",
            [points, CLEAR],
        )

    def colours(self, points: list[tuple[float, float]]) -> list[str]:
        """Return the commonest colour around places of the page, as #rrggbb."""
        picture = np.asarray(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"))
        found = []
        for x, y in points:
            rows = slice(round(y) - HALF, round(y) + HALF + 1)
            square = picture[rows, round(x) - HALF : round(x) + HALF + 1].reshape(-1, 3)
            ((colour, _),) = Counter(map(tuple, square.tolist())).most_common(1)
            found.append("#{:02x}{:02x}{:02x}".format(*colour))
        return found

    def moved(self, act: Callable[[], object]) -> dict[str, str]:
        """Do what moves the map; return what the address says when it has come to rest."""
        before = self.link.get("at")
        act()
        self.page.wait_for_function(
            "(at) => new URLSearchParams(location.hash.slice(1)).get('at') !== at", arg=before
        )
        return self.link

    # what is watched

    def _watched(self, page: Page) -> Page:
        page.add_init_script(WATCH)
        page.on("console", self._told)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", self._opened)
        page.on("popup", lambda other: self.problems.append(f"a window opened: {other.url}"))
        return page

    def _told(self, message: Any) -> None:
        if message.type in ("error", "warning") and SOFTWARE_SAYS not in message.text:
            self.problems.append(f"{message.type}: {message.text} {message.location['url']}")

    def _opened(self, dialog: Any) -> None:
        self.problems.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def _requested(self, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url)
        ours = parts.scheme in ("data", "blob", "about") or url.startswith(self.address)
        if not ours:
            self.problems.append(f"a request left the site: {url}")


def _mercator(longitude: float, latitude: float) -> tuple[float, float]:
    y = 0.5 - math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / (2 * math.pi)
    return 0.5 + longitude / 360, y
