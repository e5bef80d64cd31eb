"""The timetable as a calendar file, out and in."""

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.pages.words import LANGUAGES, VI
from loa_server.api.shapes.calendar import (
    CalendarArea,
    CalendarFile,
    EventMatch,
    EventProblem,
    ImportedEvent,
)
from loa_server.api.uploads import one_of_few_uploads
from loa_server.api.wishes import wish_to_shape
from loa_server.application.export_calendar import export_calendar
from loa_server.application.import_calendar import MAX_BYTES, Imported, import_calendar
from loa_server.application.queries import BroadcastView

bp = APIBlueprint("calendar", __name__, tag="calendar")

MEDIA_TYPE = "text/calendar"


@bp.get("/calendar.ics")
@signed_in
@bp.input(CalendarArea, location="query", arg_name="wish")
@bp.output(FileSchema(type="string", format="binary"), content_type=MEDIA_TYPE)
@bp.doc(responses=[404])
def get_calendar(wish: CalendarArea) -> Response:
    """What is to sound, for other calendars to show."""
    content = export_calendar(services(), actor(), describe=_describe, area=wish.area)
    answer = Response(content, mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = "attachment; filename=loa.ics"
    return answer


@bp.post("/calendar")
@signed_in
@one_of_few_uploads
@bp.input(CalendarFile, location="form_and_files", arg_name="wish")
@bp.output(shapes.list_of(ImportedEvent))
@bp.doc(responses=[413, 429, 503, 507])
def import_events(wish: CalendarFile) -> list[ImportedEvent]:
    """What a calendar file would order, or with `apply` what it has ordered."""
    content = wish.file.stream.read(MAX_BYTES + 1)
    audiences = [each for each in wish.audiences.split(",") if each]
    found = import_calendar(
        services(), actor(), content=content, audiences=audiences, apply=wish.apply
    )
    return [imported_to_shape(each) for each in found]


def imported_to_shape(event: Imported) -> ImportedEvent:
    """One event and what became of it."""
    problem, matched = event.problem, event.matched
    return ImportedEvent(
        summary=event.summary,
        when=None if event.wish is None else wish_to_shape(event.wish),
        problem=None if problem is None else EventProblem(code=problem.code, facts=problem.facts),
        matched=None
        if matched is None
        else EventMatch(
            programme=matched.id if matched.programme else None,
            bulletin=None if matched.programme else matched.id,
            title=matched.title,
        ),
        broadcast=event.broadcast,
    )


def _describe(view: BroadcastView) -> str:
    """The class in the words of whoever asks: calendars of others know no classes."""
    words = LANGUAGES.get(actor().locale, VI)
    return words[f"class_{view.broadcast.class_.value}"]
