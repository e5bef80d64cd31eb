"""Which language a page speaks, and how it is rendered."""

from collections.abc import Mapping

from flask import Response, after_this_request, render_template, request

from loa_server.api.context import api
from loa_server.api.pages.words import LANGUAGES

COOKIE = "loa_lang"
THEME_COOKIE = "loa_theme"
THEMES = frozenset({"light", "dark"})
DEFAULT = "vi"
YEAR_S = 365 * 24 * 3600


def language() -> str:
    """The language asked for just now, or chosen before, or Vietnamese."""
    for chosen in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return DEFAULT


def words() -> Mapping[str, str]:
    """The words of this page."""
    return LANGUAGES[language()]


def page(template: str, **values: object) -> str:
    """Render a template of ours with its words; a language asked for is remembered."""
    if request.args.get("lang") in LANGUAGES:
        after_this_request(_remember)
    theme = request.cookies.get(THEME_COOKIE)
    return render_template(
        template,
        words=words(),
        language=language(),
        other=next(each for each in LANGUAGES if each != language()),
        theme=theme if theme in THEMES else None,
        path=request.path,
        **values,
    )


def _remember(answer: Response) -> Response:
    secure = api().options.secure_cookies
    answer.set_cookie(COOKIE, language(), max_age=YEAR_S, samesite="Lax", secure=secure)
    return answer
