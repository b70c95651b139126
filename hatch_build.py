"""What the build backend does beside packing files: it builds the explorer, if it can."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ExplorerHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the built explorer into the package; without Node.js the package is made without it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the explorer before files are packed."""
        sources = Path(self.root) / "explorer"
        if not (sources / "build_explorer.py").is_file():
            return
        sys.path.insert(0, str(sources))
        try:
            import build_explorer
        finally:
            sys.path.remove(str(sources))
        try:
            build_explorer.build()
        except build_explorer.NoMeansError as error:
            self.app.display_warning(str(error))
