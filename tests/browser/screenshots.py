"""Pictures of every view, to be looked at: python tests/browser/screenshots.py ADDRESS FOLDER.

ADDRESS is where a site is served. Each view is taken at 1440, 1024 and 390 pixels, light and dark,
with the first area, its district and everything that a view shows once something was chosen.
"""

from __future__ import annotations

import argparse
import gzip
import json
import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

READING = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("reader.py"))))
SIZES = {1440: 900, 1024: 768, 390: 844}
SOFTWARE = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
SOFTWARE += ["--enable-unsafe-swiftshader", "--disable-gpu"]


def links(address: str) -> dict[str, str]:
    """Return what is taken, by the name of its picture."""
    with urlopen(f"{address}data/areas.json.gz", timeout=30) as file:  # noqa: S310  # given by hand
        held = file.read()
    areas = json.loads(gzip.decompress(held) if held[:2] == b"\x1f\x8b" else held)
    codes = areas["codes"]
    area, other = codes[len(codes) // 3], codes[len(codes) // 2]
    with urlopen(f"{address}data/site.json", timeout=30) as file:  # noqa: S310  # given by hand
        site = json.load(file)
    chosen = f"area={area}"
    found = {
        "start": "",
        "area": chosen,
        "weights": f"view=weights&{chosen}",
        "compare": f"view=compare&{chosen}&with={other}",
        "districts": "view=districts",
        "mine": f"view=mine&mine={','.join(codes[len(codes) // 3 :][:12])}",
        "postcodes": "view=postcodes",
        "table": f"view=table&{chosen}",
        "about": "view=about",
        "hot-spots": "worst=10",
    }
    for combination, one in list(site["combinations"].items())[:1]:
        said = ",".join(f"{child}:{place}" for place, child in enumerate(one["children"], 1))
        found["weights-changed"] = f"view=weights&{chosen}&weights={combination}({said})"
    for group in site["groups"][:1]:
        district = areas["groups"][group["id"]]["codes"][0]
        found["district"] = f"view=districts&district={group['id']}:{district}"
    for version in site["versions"][:1]:
        found["versions"] = f"view=compare&{chosen}&version={version['id']}&by=change"
    return found


def take(address: str, folder: Path, chromium: str, language: str, only: list[str]) -> None:
    """Take all pictures: those of the screen, and on narrow ones those of the whole page."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SOFTWARE)
        for width, height in SIZES.items():
            for theme in ("light", "dark"):
                page = READING.Reader(
                    browser,
                    address,
                    width=width,
                    height=height,
                    dark=theme == "dark",
                    reduced_motion="reduce",
                )
                page.open()
                for name, link in links(address).items():
                    if only and name not in only:
                        continue
                    page.turn(f"{link}&lang={language}")
                    page.page.wait_for_timeout(600)
                    page.page.screenshot(
                        path=folder / f"{name}-{width}-{theme}.png", full_page=width < 800
                    )
                for problem in page.problems:
                    print(f"{width} {theme}: {problem}")  # noqa: T201
                page.context.close()
        browser.close()


def main() -> None:
    """Take the pictures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("address", help="where a site is served, such as http://127.0.0.1:8765/")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--chromium", default=shutil.which("chromium"))
    asked.add_argument("--language", default="en", choices=["en", "cy"])
    asked.add_argument("--only", nargs="*", default=[], help="the names of the pictures")
    given = asked.parse_args()
    take(given.address, given.folder, given.chromium, given.language, given.only)


if __name__ == "__main__":
    main()
