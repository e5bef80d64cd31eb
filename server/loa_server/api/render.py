"""From read models to the JSON shapes, one function per boundary."""

from loa_server.api import shapes
from loa_server.application.queries import BulletinView, PlayView
from loa_server.domain.areas import AreaTree
from loa_server.domain.lunar import LunarDate
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, may


def bulletin_to_shape(view: BulletinView, tree: AreaTree, actor: Account) -> shapes.Bulletin:
    """A bulletin with its voice once it is ready."""
    bulletin, voice = view.bulletin, view.bulletin.voice
    return shapes.Bulletin(
        id=bulletin.id,
        title=bulletin.title,
        category=bulletin.category,
        author_name=view.author_name,
        area=bulletin.area,
        area_name=view.area_name,
        created_at=bulletin.created_at,
        status=bulletin.status,
        code=bulletin.code,
        facts=dict(bulletin.facts),
        sha256=None if voice is None else voice.sha256,
        duration_ms=None if voice is None else voice.duration_ms,
        bytes=None if voice is None else voice.bytes,
        shared_from=view.shared_from,
        may_delete=may(actor.grants, tree, Deed.WRITE, bulletin.area),
    )


def play_to_shape(view: PlayView) -> shapes.Play:
    """A line of the play log."""
    play = view.play
    return shapes.Play(
        station=play.station,
        station_name=view.station_name,
        occurrence=play.occurrence,
        broadcast=play.broadcast,
        title=view.title,
        outcome=play.outcome,
        sha256=play.sha256,
        planned_at=play.planned_at,
        actual_at=play.actual_at,
        difference_ms=play.difference_ms,
        offset_ms=play.offset_ms,
        played_ms=play.played_ms,
        ended_at=play.ended_at,
        code=play.code,
    )


def lunar_to_shape(lunar: LunarDate) -> shapes.LunarDay:
    """A day of the lunar calendar; its year goes without saying."""
    return shapes.LunarDay(day=lunar.day, month=lunar.month, leap=lunar.leap)
