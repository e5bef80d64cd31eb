"""Lists of areas in and out from the command line, with the rights of whoever runs the server."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from loa_server import seed
from loa_server.application.export_areas import export_areas
from loa_server.application.found_country import found_country
from loa_server.application.import_areas import import_areas
from loa_server.application.services import Services
from loa_server.bootstrap.prepare import run_migrate
from loa_server.bootstrap.services import open_services
from loa_server.config import Settings
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem as Problem  # noqa: PLC0414 - cli may not know domain
from loa_server.domain.rights import everything


def run_import(settings: Settings, file: Path | None, province: str | None, *, apply: bool) -> Any:
    """Try out or take a list, from a file or of a province; what it does, as JSON values.

    Raises:
        Problem: `seed_unknown`, and what `import_areas` refuses.
        OSError: the file cannot be read.
    """
    content = file.read_bytes() if file is not None else seed.province(province or "")
    if content is None:
        raise Problem("seed_unknown", {"field": "seed", "code": province})
    run_migrate(settings)
    opened = open_services(settings)
    found_country(opened.services)
    whoever = _whoever(opened.services)
    done = import_areas(opened.services, whoever, content=content, apply=apply)
    opened.engine.dispose()
    return asdict(done)


def run_export(settings: Settings) -> bytes:
    """All areas, those no longer in force too, as CSV."""
    run_migrate(settings)
    opened = open_services(settings)
    content = export_areas(opened.services, _whoever(opened.services).reach)
    opened.engine.dispose()
    return content


def _whoever(services: Services) -> Account:
    """Nobody who could sign in: the audit log says `system`."""
    tops = [area.id for area in services.queries.tree().all() if area.parent is None]
    grants = tuple(grant for top in tops for grant in everything(top))
    return Account(
        id="system",
        username="system",
        name="system",
        area=tops[0] if tops else "",
        grants=grants,
        password_hash="",
    )
