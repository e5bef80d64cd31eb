"""Broadcasts, previews and orders as JSON shapes."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from loa_server.api import shapes
from loa_server.api.render import lunar_to_shape
from loa_server.api.wishes import when_to_shape
from loa_server.application.preview_broadcast import UNNAMED, Met, Preview, Start
from loa_server.application.queries import BroadcastView, ProgressRow
from loa_server.domain.approval import commands, may_approve
from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import ApprovalState, Broadcast
from loa_server.domain.conflicts import MAX_CONFLICTS, Side
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed

MINUTE_MS = 60_000
_MOMENT = timedelta(microseconds=1)


def broadcast_to_shape(view: BroadcastView, actor: Account, tree: AreaTree) -> shapes.Broadcast:
    """A broadcast as a list shows it to `actor`."""
    broadcast = view.broadcast
    meant = {each.id for each in view.audiences}
    return shapes.Broadcast(
        id=broadcast.id,
        title=broadcast.title,
        class_=broadcast.class_,
        bulletins=list(broadcast.bulletins),
        programme=broadcast.programme,
        audiences=[shapes.Audience(id=each.id, name=each.name) for each in view.audiences],
        when=when_to_shape(broadcast.schedule, broadcast.ends_at),
        at_once=broadcast.at_once,
        late=shapes.Late(
            policy=broadcast.late.policy, slip_min=broadcast.late.slip_ms // MINUTE_MS
        ),
        slot_ms=broadcast.slot_ms,
        area=broadcast.area,
        area_name=view.area_name,
        author_name=view.author_name,
        created_at=broadcast.created_at,
        ends_at=broadcast.ends_at,
        stopped_at=broadcast.stopped_at,
        next_at=view.next_at,
        station_count=view.station_count,
        duration_ms=view.duration_ms,
        status=view.status,
        approval=_approval(view),
        override=_override(view),
        replaces=_replaces(broadcast),
        withheld=[
            shapes.Withheld(audience=each.audience, code=each.code, at=each.at)
            for each in broadcast.withheld
            if each.audience in meant
        ],
        may_stop=commands(actor, tree, broadcast, Deed.STOP, view.areas),
        may_change=_may_change(view, actor, tree),
        may_approve=may_approve(actor, tree, broadcast, view.areas),
    )


def _approval(view: BroadcastView) -> shapes.Approval:
    approval = view.broadcast.approval
    return shapes.Approval(
        state=approval.state,
        by_name=None if approval.by is None else view.names.get(approval.by, ""),
        at=approval.at,
        note=approval.note,
    )


def _override(view: BroadcastView) -> shapes.Override | None:
    wish = view.broadcast.override
    if wish is None:
        return None
    zone = ZoneInfo(view.broadcast.rule.zone)
    return shapes.Override(
        reason=wish.reason,
        asked_by_name=view.names.get(wish.asked_by, ""),
        second_by_name=None if wish.second_by is None else view.names.get(wish.second_by, ""),
        # Kept is the midnight after the last day.
        until=(wish.until - _MOMENT).astimezone(zone).date(),
    )


def _replaces(broadcast: Broadcast) -> shapes.Replaces | None:
    found = broadcast.replaces
    if found is None:
        return None
    return shapes.Replaces(
        broadcast=found.broadcast, scope=found.scope, occurrence=found.occurrence
    )


def _may_change(view: BroadcastView, actor: Account, tree: AreaTree) -> bool:
    broadcast = view.broadcast
    told = broadcast.approval.state is ApprovalState.APPROVED and broadcast.stopped_at is None
    return told and commands(actor, tree, broadcast, Deed.WRITE, view.areas)


def preview_to_shape(preview: Preview) -> shapes.Preview:
    """What an order would do."""
    return shapes.Preview(
        duration_ms=preview.duration_ms,
        slot_ms=preview.slot_ms,
        station_count=preview.station_count,
        starts=[_start(each) for each in preview.starts],
        problems=[
            shapes.PreviewProblem(code=each.code, facts=each.facts) for each in preview.problems
        ],
        conflicts=[_conflict(each, preview.tree) for each in preview.conflicts[:MAX_CONFLICTS]],
        conflict_count=len(preview.conflicts),
        needs=preview.needs,
    )


def _start(start: Start) -> shapes.PreviewStart:
    return shapes.PreviewStart(
        starts_at=start.starts_at,
        lunar=None if start.lunar is None else lunar_to_shape(start.lunar),
        holidays=list(start.holidays),
    )


def _conflict(met: Met, tree: AreaTree) -> shapes.Conflict:
    conflict = met.conflict
    return shapes.Conflict(
        starts_at=conflict.starts_at,
        winner=_side(conflict.winner, tree),
        loser=_side(conflict.loser, tree),
        outcome=conflict.outcome,
        reason=conflict.reason,
        new_start_at=conflict.new_start_at,
        lost_ms=conflict.lost_ms,
        station_count=conflict.station_count,
        may_reorder_area=met.may_reorder_area,
    )


def _side(side: Side, tree: AreaTree) -> shapes.Side:
    return shapes.Side(
        broadcast=None if side.broadcast == UNNAMED else side.broadcast,
        title=side.title,
        area_name=tree.name(side.area),
        class_=side.class_,
    )


def progress_to_shape(row: ProgressRow) -> shapes.ProgressRow:
    """One station's way through an occurrence."""
    return shapes.ProgressRow(
        station=row.station,
        station_name=row.station_name,
        occurrence=row.occurrence,
        step=row.step,
        planned_at=row.planned_at,
        actual_at=row.actual_at,
        difference_ms=row.difference_ms,
        code=row.code,
    )
