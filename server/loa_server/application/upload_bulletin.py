"""River 1: an upload becomes a blob, then a bulletin with its job in one transaction."""

from dataclasses import replace
from typing import BinaryIO

from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.bulletins import Bulletin
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, workplace
from loa_server.domain.text import MAX_CATEGORY, MAX_TITLE, one_line


def upload_bulletin(
    services: Services, actor: Account, *, stream: BinaryIO, title: str, category: str | None
) -> Bulletin:
    """Keep what was sent; whether it is fit to sound is judged by the audio worker.

    Raises:
        Problem: `forbidden`, `bad_request` for title or category, `too_large`, `empty_file`,
            `disk_full`.
    """
    title = one_line(title, "title", MAX_TITLE)
    category = one_line(category, "category", MAX_CATEGORY) if category else None
    with services.store.read() as rows:
        area = workplace(actor.grants, rows.places.tree(), Deed.WRITE, actor.area)
    sha256 = services.blobs.keep(stream, services.max_upload_bytes)
    now = services.clock()
    bulletin = Bulletin(
        id=services.secrets.identifier("bt"),
        title=title,
        category=category,
        author=actor.id,
        area=area,
        created_at=now,
        source_sha256=sha256,
    )
    with services.store.write() as rows:
        rows.areas.keep_still()
        # Long uploads outlive areas: where this person works now, not when they began.
        fresh = rows.people.by_id(actor.id) or actor
        area = workplace(fresh.grants, rows.places.tree(), Deed.WRITE, fresh.area)
        bulletin = replace(bulletin, area=area)
        rows.bulletins.add(bulletin, now)
        facts = {"title": title, "sha256": sha256}
        rows.audit(AuditRow(now, actor.id, "bulletin_uploaded", bulletin.id, facts))
        rows.announce("bulletins")
    return bulletin
