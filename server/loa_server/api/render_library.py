"""From the library's read models to JSON."""

from loa_server.api.shapes import programmes as wire
from loa_server.application.programme_queries import ProgrammeView, RequestView, ShareView
from loa_server.domain.areas import AreaTree
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, may
from loa_server.domain.shares import Answer


def programme_to_shape(view: ProgrammeView, tree: AreaTree, actor: Account) -> wire.Programme:
    """A programme with its items."""
    programme = view.programme
    return wire.Programme(
        id=programme.id,
        title=programme.title,
        area=programme.area,
        area_name=view.area_name,
        author_name=view.author_name,
        created_at=programme.created_at,
        changed_at=programme.changed_at,
        version=programme.version,
        duration_ms=view.duration_ms,
        ready=view.ready,
        shared_from=view.shared_from,
        may_change=may(actor.grants, tree, Deed.WRITE, programme.area),
        items=[
            wire.ProgrammeItem(
                bulletin=each.bulletin,
                title=each.title,
                part=each.part,
                duration_ms=each.duration_ms,
                status=each.status,
            )
            for each in view.items
        ],
    )


def share_to_shape(view: ShareView) -> wire.Share:
    """A share with what was answered, and how many have not."""
    share = view.share
    said = [each.answer for each in view.answers]
    return wire.Share(
        id=share.id,
        bulletin=share.bulletin,
        programme=share.programme,
        title=view.title,
        class_=share.class_,
        note=share.note,
        from_area=share.from_area,
        from_area_name=view.from_area_name,
        by_name=view.by_name,
        at=share.at,
        withdrawn_at=share.withdrawn_at,
        areas=[
            wire.SharedWith(id=area, name=name)
            for area, name in zip(share.areas, view.area_names, strict=True)
        ],
        asked=view.asked,
        placed=said.count(Answer.PLACED),
        declined=said.count(Answer.DECLINED),
        waiting=max(0, view.asked - len(said)),
        answers=[
            wire.ShareAnswer(
                area=each.area,
                area_name=each.area_name,
                answer=each.answer,
                broadcast=each.broadcast,
                note=each.note,
                by_name=each.by_name,
                at=each.at,
            )
            for each in view.answers
        ],
    )


def request_to_shape(view: RequestView, tree: AreaTree, actor: Account) -> wire.PlaceRequest:
    """A request that waits in one area."""
    return wire.PlaceRequest(
        share=view.share,
        area=view.area,
        area_name=view.area_name,
        bulletin=view.bulletin,
        programme=view.programme,
        title=view.title,
        duration_ms=view.duration_ms,
        from_area_name=view.from_area_name,
        by_name=view.by_name,
        at=view.at,
        note=view.note,
        may_answer=may(actor.grants, tree, Deed.WRITE, view.area),
    )
