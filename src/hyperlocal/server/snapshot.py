"""The files of a site as they were when the server started, each with the tag of its content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from hyperlocal.errors import Problem, ResultsError

MOST_BYTES = 1 << 30
"""A larger site is not held in memory."""

TEXTS = re.compile(r"text/|application/(json|javascript|manifest\+json|xml)|image/svg\+xml")
TYPES = {
    "": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
HASHED = re.compile(r"assets/.*-[\w-]{8}\.\w+$")
SMALL = 1000
"""What is smaller than this many bytes gains nothing from being compressed."""


@dataclass(frozen=True)
class Content:
    """What can be sent: the bytes, their type and their tag."""

    data: bytes
    kind: str
    tag: str
    """Tells this content from any other; empty where it is not to be kept."""
    hashed: bool = False
    """Whether its name changes with its content."""
    parts: bool = True
    """Whether a part of it may be asked for."""

    @property
    def compressible(self) -> bool:
        """Whether it is text that is worth compressing."""
        return len(self.data) >= SMALL and TEXTS.match(self.kind) is not None

    @cached_property
    def compressed(self) -> bytes:
        """The bytes compressed; made once, when first asked for."""
        return gzip.compress(self.data, 6, mtime=0)


def read_files(site: Path) -> dict[str, Content]:
    """Read all files of a site into memory, by their paths from its folder.

    Only what is found here is ever served: no path that a client sends reaches the disk. Links
    are left out, for they may lead out of the folder; so are hidden files.

    Parameters
    ----------
    site
        The folder of the site.

    Raises
    ------
    ResultsError
        Where it is no site, cannot be read, or is larger than this server would hold.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "data").mkdir()
    ...     _ = Path(folder, "data", "site.json").write_text("{}")
    ...     _ = Path(folder, ".hidden").write_text("not served")
    ...     files = read_files(Path(folder))
    >>> list(files), files["data/site.json"].kind
    (['data/site.json'], 'application/json')
    """
    site = site.resolve()
    if not (site / "data" / "site.json").is_file():
        raise ResultsError(
            Problem(
                "is not a site: it holds no data/site.json",
                "name a folder that 'hyperlocal publish-site' wrote",
                str(site),
            )
        )
    files, size = {}, 0
    for folder, folders, names in os.walk(site):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if name.startswith(".") or file.is_symlink() or not file.is_file():
                continue
            size += file.stat().st_size
            if size > MOST_BYTES:
                raise ResultsError(
                    Problem(
                        "holds more than 1 GB, which this server would hold in memory",
                        "publish the folder with another web server",
                        str(site),
                    )
                )
            path = file.relative_to(site).as_posix()
            files[path] = _content(file, path, site)
    return files


def _content(file: Path, path: str, site: Path) -> Content:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ResultsError(
            Problem(f"cannot be read: {error.strerror}", "let it be read", str(site / path))
        ) from error
    tag = hashlib.sha256(data).hexdigest()[:24]
    return Content(data, media_type(path), tag, HASHED.match(path) is not None)


def media_type(path: str) -> str:
    """Return the type of a file by its name.

    Compressed files are sent as the bytes that they are: the explorer decompresses them itself.

    Examples
    --------
    >>> media_type("data/areas.json.gz"), media_type("index.html")
    ('application/octet-stream', 'text/html; charset=utf-8')
    """
    kind, encoding = mimetypes.guess_type(path)
    if encoding:
        return TYPES[""]
    return TYPES.get(Path(path).suffix.lower()) or kind or TYPES[""]


def tag_of_site(files: Mapping[str, Content]) -> str:
    """Return one tag of all that a site holds and of the program that answers from it.

    Examples
    --------
    >>> one = {"index.html": Content(b"", "text/html", "a")}
    >>> other = {"index.html": Content(b"", "text/html", "b")}
    >>> tag_of_site(one) == tag_of_site(dict(one)), tag_of_site(one) == tag_of_site(other)
    (True, False)
    """
    whole = hashlib.sha256(version("hyperlocal").encode())
    for path in sorted(files):
        whole.update(f"\n{path} {files[path].tag}".encode())
    return whole.hexdigest()[:24]
