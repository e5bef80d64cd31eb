"""The evening letter: what will sound in the next 24 hours, as text and as plain HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from loa_agent.protocol.timeline import Outcome

from loa_server.application.mail_words import LANGUAGES, VI
from loa_server.application.timeline_queries import Coming

MAX_LINES = 500
"""Of each part; a letter longer than this nobody reads."""
MAX_WHERE = 12
"""Names in one line; the list on the screen has them all."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter to one person; `html` says the same as `text`."""

    to: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it, and where they work; times are local to `zone`."""

    name: str
    email: str
    locale: str
    place: str
    zone: str


@dataclass(frozen=True, slots=True)
class _Part:
    title: str
    lines: tuple[str, ...]


def write_evening_mail(
    reader: Reader, coming: Sequence[Coming], begin: datetime, end: datetime
) -> Mail:
    """What sounds early or late first and marked, then the rest, then what will not sound."""
    words = LANGUAGES.get(reader.locale, VI)
    sounding = [each for each in coming if each.outcome is not Outcome.SILENT]
    early = [each for each in sounding if each.early]
    parts = (
        _part(words, "early", early, reader, mark=words["mark"] + " "),
        _part(words, "sounding", [each for each in sounding if not each.early], reader),
        _part(words, "silent", [e for e in coming if e.outcome is Outcome.SILENT], reader),
    )
    shown = [part for part in parts if part.lines]
    subject = words["subject_early" if early else "subject"]
    span = {"begin": _moment(begin, reader.zone), "end": _moment(end, reader.zone)}
    head = [
        words["greeting"].format(name=reader.name),
        words["lead"].format(place=reader.place, **span),
    ]
    if not shown:
        head.append(words["nothing"])
    return Mail(
        to=reader.email,
        subject=subject.format(place=reader.place, count=len(sounding)),
        text=_text(head, shown, words["end"]),
        html=_html(head, shown, words["end"], reader.locale),
    )


def _part(
    words: Mapping[str, str], key: str, coming: Sequence[Coming], reader: Reader, mark: str = ""
) -> _Part:
    lines = tuple(mark + _line(words, each, reader.zone) for each in coming[:MAX_LINES])
    return _Part(words[key], lines)


def _line(words: Mapping[str, str], coming: Coming, zone: str) -> str:
    begins_at = coming.sounds[0].begin if coming.sounds else coming.starts_at
    where = ", ".join(coming.where[:MAX_WHERE])
    line = words["line"].format_map(
        {
            "time": _moment(begins_at, zone),
            "title": coming.broadcast.title,
            "class": words[f"class.{coming.broadcast.class_.value}"],
            "length": _length(words, coming),
            "where": where + (", …" if len(coming.where) > MAX_WHERE else ""),
            "area": coming.area_name,
        }
    )
    fate = _fate(words, coming)
    return f"{line} {fate}" if fate else line


def _fate(words: Mapping[str, str], coming: Coming) -> str:
    winner = coming.winner_title or "…"
    match coming.outcome:
        case Outcome.WHOLE:
            return ""
        case Outcome.LATER:
            return words["fate.later"].format(winner=winner)
        case Outcome.CUT | Outcome.SILENT:
            why = words[f"fate.{coming.reason or 'overlap'}"].format(winner=winner)
            return why if coming.outcome is Outcome.SILENT else f"{words['fate.cut']} {why}"


def _length(words: Mapping[str, str], coming: Coming) -> str:
    if coming.sounds:
        seconds = round(sum((s.end - s.begin).total_seconds() for s in coming.sounds))
    else:
        seconds = round((coming.ends_at - coming.starts_at).total_seconds())
    minutes = round(seconds / 60)
    if minutes == 0:
        return words["seconds"].format(seconds=seconds)
    hours, rest = divmod(minutes, 60)
    key = "hours_minutes" if hours else "minutes"
    return words[key].format(hours=hours, minutes=rest)


def _moment(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%H:%M %d/%m")


def _text(head: Sequence[str], parts: Sequence[_Part], end: str) -> str:
    blocks = ["\n".join(head)]
    blocks += ["\n- ".join([part.title.upper(), *part.lines]) for part in parts]
    return "\n\n".join([*blocks, end]) + "\n"


def _html(head: Sequence[str], parts: Sequence[_Part], end: str, locale: str) -> str:
    """No style, no picture, no script: every reader shows it."""
    body = "".join(f"<p>{escape(each)}</p>" for each in head)
    for part in parts:
        lines = "".join(f"<li>{escape(line)}</li>" for line in part.lines)
        body += f"<h2>{escape(part.title)}</h2><ul>{lines}</ul>"
    return (
        f'<!doctype html><html lang="{escape(locale)}"><head><meta charset="utf-8"></head>'
        f"<body>{body}<p>{escape(end)}</p></body></html>\n"
    )
