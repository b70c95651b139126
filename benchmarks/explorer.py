"""The explorer in a real browser: how soon a map is there, and how it answers.

A site of England is made from the published domains, with the boundaries of its LSOAs and made-up
postcodes, and served by ``hyperlocal.server``. Chromium draws without a graphics card.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import FailedError, python, run
from benchmarks.report import Figure

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
)
SERVE = (
    "import sys; from pathlib import Path; from hyperlocal.server import serve; "
    "serve(Path(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))"
)
MEGABYTE = 1_000_000
QUERIES = ("birm", "leeds 11", "E0100", "blackpool 010a", "sheffeild", "nothing of the sort", "st")

STEPS = """async ({ selector, steps }) => {
  const slider = document.querySelector(selector), took = [];
  const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  for (let i = 0; i < steps; i++) {
    performance.clearMarks();
    setter.call(slider, String(0.05 + (0.9 * i) / steps));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => {
      const look = () => {
        const [painted] = performance.getEntriesByName("map-painted").slice(-1);
        if (!painted) return requestAnimationFrame(look);
        const [moved] = performance.getEntriesByName("weight-moved");
        // The next frame begins when the browser has room for it.
        requestAnimationFrame((now) => {
          took.push({ painted: painted.startTime - moved.startTime, next: now - moved.startTime });
          done();
        });
      };
      requestAnimationFrame(look);
    });
  }
  return took;
}"""

SEARCH = """async (queries) => {
  const input = document.querySelector("[role=combobox]"), took = [];
  const list = document.getElementById(input.getAttribute("aria-controls"));
  const status = () => list.parentElement.querySelector("[role=status]").textContent;
  const said = () => status() + list.textContent;
  for (const query of queries) {
    for (let end = 1; end <= query.length; end++) {
      input.value = "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => setTimeout(done, 30));
      const before = said(), begun = performance.now();
      input.value = query.slice(0, end);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => {
        const look = () => (said() !== before || performance.now() - begun > 5000 ? done()
          : setTimeout(look, 0));
        look();
      });
      took.push(performance.now() - begun);
    }
  }
  return took;
}"""

FRAMES = """() => {
  window.frames_ = [];
  const count = (now) => {
    window.frames_.push(now);
    window.counting_ = requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
}"""


def explorer(results: Path, geography: Path, nation: Path, folder: Path) -> Iterator[Figure]:
    """Measure the explorer of England.

    Parameters
    ----------
    results
        The English indices, built.
    geography
        The folder of boundaries and lookups.
    nation
        A made-up nation of the size of England, for its postcodes.
    folder
        Where the site is made.
    """
    what = "explorer, England"
    chromium = next((path for path in CHROMIUM if Path(path).is_file()), None)
    if chromium is None:
        yield Figure(what, None, note="there is no Chromium")
        return
    site, postcodes = folder / "site", folder / "postcodes.csv"
    listed = folder / "listed.csv"
    directory = nation / "geography" / "ONSPD.csv"
    run(python("benchmarks.made_up_postcodes", results, directory, postcodes, listed))
    publish = python(
        *("hyperlocal", "publish-site", results, "--out", site, "--quiet"),
        *("--boundaries", geography / "boundaries_lsoa21.parquet"),
        *("--districts", f"{geography}/lookup_lsoa21_ward24_ltla24.parquet:ltla24_code"),
        *("--regions", geography / "lookup_ltla24_region24.parquet"),
        *("--postcodes", postcodes),
    )
    written = run(publish)
    yield Figure(f"{what}: publish-site, with 2 million postcodes", written.seconds, "s")
    yield Figure("  its peak memory", written.peak_megabytes, "MB")
    size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    yield Figure("  the site in all", size / MEGABYTE, "MB", at_most=25)
    with served(site) as address, browser(chromium) as page:
        yield from in_browser(page, address, listed)


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a site from another process; give its address."""
    command = [sys.executable, "-c", SERVE, str(site)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def browser(chromium: str) -> Iterator[Page]:
    """Open a page in a browser that has nothing kept from before."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened.new_page(viewport={"width": 1440, "height": 900})
        opened.close()


def in_browser(page: Page, address: str, listed: Path) -> Iterator[Figure]:
    """Measure what a reader waits for."""
    first = [first_map(page, address) for _ in range(5)]
    usual = statistics.median(seconds for seconds, _ in first)
    yield Figure("explorer: first map, nothing kept from before", usual, "s", at_most=2.5)
    yield Figure("  slowest of five", max(seconds for seconds, _ in first), "s")
    yield Figure("  sent before anything is touched", first[0][1] / MEGABYTE, "MB", at_most=6)

    page.get_by_role("button", name="Weights", exact=True).click()
    selector = "input[type=range]"
    page.wait_for_selector(selector)
    steps = page.evaluate(STEPS, {"selector": selector, "steps": 60})
    took = [step["painted"] for step in steps]
    what = "explorer: a step of a weight, 33,755 areas ranked and painted"
    yield Figure(what, statistics.median(took), "ms", at_most=50)
    yield Figure("  slowest twentieth of the steps", sorted(took)[-3], "ms")
    until_next = statistics.median(step["next"] for step in steps)
    yield Figure("  until the next frame can begin, without a graphics card", until_next, "ms")

    page.get_by_role("button", name="Area", exact=True).click()
    page.get_by_role("combobox").first.fill("warm")
    page.wait_for_timeout(500)
    took = page.evaluate(SEARCH, list(QUERIES))
    yield Figure("explorer: suggestions per key", statistics.median(took), "ms", at_most=50)
    yield Figure("  slowest", max(took), "ms", at_most=50)
    yield Figure("explorer: panning, drawn without a graphics card", panning(page), "frames/s")

    page.get_by_role("button", name="Postcodes", exact=True).click()
    yield Figure(
        "explorer: 100,000 postcodes, with their files", matched(page, listed), "s", at_most=2
    )
    yield Figure("  again", matched(page, listed), "s", at_most=2)


def first_map(page: Page, address: str) -> tuple[float, int]:
    """Return how long the first map took, and how many bytes were sent for it."""
    page.goto("about:blank")
    client: Any = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.clearBrowserCache")
    client.detach()
    answered: list[Request] = []

    def keep(request: Request) -> None:
        answered.append(request)

    page.on("requestfinished", keep)  # also what workers ask for
    page.goto(address)
    seconds = marked(page, "map-painted") / 1000
    page.wait_for_timeout(1500)
    page.remove_listener("requestfinished", keep)
    sizes = [request.sizes() for request in answered]
    sent = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)
    return seconds, sent


def marked(page: Page, name: str, most: float = 60) -> float:
    """Wait until the page has marked a moment; return its milliseconds."""
    ends = time.monotonic() + most
    while time.monotonic() < ends:
        found = page.evaluate(f"performance.getEntriesByName('{name}').map((one) => one.startTime)")
        if found:
            return float(found[0])
        page.wait_for_timeout(20)
    raise FailedError(f"the page never said {name}")


def panning(page: Page) -> float:
    """Return how many frames a second are drawn while all of England is dragged about."""
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(120):
        page.mouse.move(x + 80 * (step % 20 - 10) / 10, y + 40 * (step % 30 - 15) / 15)
    page.mouse.up()
    times = page.evaluate("(cancelAnimationFrame(window.counting_), window.frames_)")
    return float((len(times) - 1) / ((times[-1] - times[0]) / 1000))


def matched(page: Page, listed: Path) -> float:
    """Return how long a list of postcodes takes, from dropping it to the answer."""
    page.evaluate("performance.clearMarks()")
    page.set_input_files("input[type=file]", listed)
    return (marked(page, "list-matched") - marked(page, "list-taken")) / 1000


def api(site: Path, seconds: int = 60) -> Iterator[Figure]:
    """Measure the API under a steady load of 500 requests a second, and under all that it takes."""
    told = json.loads(run(python("benchmarks.server", site, str(seconds))).output)
    steady, busy = told["steady"], told["busy"]
    what = f"API, 500 requests a second for {seconds} s"
    yield Figure(f"{what}: median", steady["median"], "ms", at_most=5)
    yield Figure("  slowest hundredth", steady["late"], "ms")
    yield Figure("  errors", steady["errors"], "", at_most=0)
    yield Figure("API, as many requests as it can answer", busy["per_second"], "/s", at_least=500)
    yield Figure("  peak memory of the server", told["peak_megabytes"], "MB", at_most=400)
