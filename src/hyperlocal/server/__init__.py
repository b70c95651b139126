"""A read-only server of a site: the explorer, its files and an API.

It reads the folder of the site alone; see docs/explorer/files.md and docs/explorer/api.md.
"""

from __future__ import annotations

from hyperlocal.server.app import create_app
from hyperlocal.server.running import serve

__all__ = ["create_app", "serve"]
