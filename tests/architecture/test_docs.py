"""Guides name what there is, and point only to what is there."""

import argparse
import re
from pathlib import Path

import pytest
from loa_agent import cli as station
from loa_server import cli as server

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "tests").glob("*.md"),
        *(ROOT / "device_agent" / "loa_agent").rglob("*.md"),
        *(ROOT / "server" / "loa_server").rglob("*.md"),
    ]
)
LINK = re.compile(r"""(?:\]\(|src=")([^)"#:\s]+)(?:#[^)"]*)?[)"]""")
"""Targets inside the repository: an address elsewhere holds a colon."""
SCREENS = [
    *(ROOT / "web" / "src" / "i18n").glob("vi*.ts"),
    ROOT / "server" / "loa_server" / "api" / "pages" / "words.py",
]
ITALIC = re.compile(r"(?<![\\*\w])\*([^*\n]+)\*(?!\*)")


@pytest.mark.parametrize(
    ("program", "parser"),
    [("loa", server._parser()), ("loa-agent", station._parser({"LOA_AGENT_DATA": "/nowhere"}))],
)
def test_every_command_is_named_in_a_guide(program: str, parser: argparse.ArgumentParser) -> None:
    guides = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)

    commands = _commands(parser)

    assert len(commands) >= 3
    assert [name for name in commands if f"{program} {name}" not in guides] == []


def test_every_link_of_a_page_leads_somewhere() -> None:
    lost = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert lost == []


@pytest.mark.parametrize("guide", ["van-hanh.md", "station.md"])
def test_a_guide_calls_things_as_the_screens_do(guide: str) -> None:
    words = "\n".join(page.read_text(encoding="utf-8") for page in SCREENS)
    named = ITALIC.findall((ROOT / "docs" / guide).read_text(encoding="utf-8"))

    assert named
    assert [name for name in named if name.rstrip(" …") not in words] == []


@pytest.mark.parametrize("folder", ["domain", "application", "adapters", "adapters/db", "api"])
def test_a_map_names_every_room_of_its_folder(folder: str) -> None:
    place = ROOT / "server" / "loa_server" / folder
    page = next(each for each in (place, place.parent) if (each / "README.md").exists())
    named = set(re.findall(r"`(\w+)(?:\.py)?`", (page / "README.md").read_text(encoding="utf-8")))

    rooms = {path.stem for path in place.glob("*.py")} - {"__init__"}

    assert len(rooms) >= 15
    assert rooms - named == set()


def _commands(parser: argparse.ArgumentParser) -> list[str]:
    """Whole commands, with the words of those below them: `account reset`."""
    below = [
        (name, each)
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, each in action.choices.items()
    ]
    return [f"{name} {rest}".strip() for name, each in below for rest in (_commands(each) or [""])]
