"""Serves the built screens: one page for all of them, and its assets, compressed ahead."""

import re
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request, send_file
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as AnyResponse

from loa_server.api.access import visitor
from loa_server.api.context import api
from loa_server.api.pages.language import page
from loa_server.domain.problems import Problem

bp = Blueprint("shell", __name__)

# The addresses of web/src/state/router.svelte.ts; a test compares.
SCREENS = re.compile(
    r"/|/(24-gio-toi|ban-tin|buoi-phat|chuong-trinh|cum-loa|duyet|gui-xuong|lich-phat|nhat-ky"
    r"|phat|phat/ct|quan-ly/dia-ban|quan-ly/nguoi-dung|quan-ly/tep-lich|tai-khoan|thu-tu|yeu-cau)"
    r"(/[\w.~%-]+)?/?|/quan-ly/?"
)
YEAR_S = 365 * 24 * 3600
READY_MADE = (("br", ".br"), ("gzip", ".gz"))
BUILD = "python tools/build_web.py"


@bp.get("/assets/<path:name>")
def asset(name: str) -> AnyResponse:
    """A file of the build; its name holds its hash, so it never changes."""
    path = _built(api().options.web_dist / "assets", name)
    if path is None:
        raise Problem("not_found")
    return _send(path, YEAR_S)


@bp.get("/", defaults={"path": ""})
@bp.get("/<path:path>")
def screen(path: str) -> AnyResponse | str:
    """Files beside the page, such as its icon; the page itself for who is signed in."""
    dist = api().options.web_dist
    beside = _built(dist, path) if "." in path else None
    if beside is not None and beside.name != "index.html":
        return _send(beside, 0)
    if not SCREENS.fullmatch(request.path):
        raise Problem("not_found")
    if visitor() is None:
        return redirect(f"/dang-nhap?next={quote(request.path)}" if path else "/dang-nhap", 303)
    index = _built(dist, "index.html")
    return page("unbuilt.html", command=BUILD) if index is None else _send(index, 0)


def _built(folder: Path, name: str) -> Path | None:
    """A file in the folder; None when there is none or the name leads out of it."""
    found = safe_join(str(folder), name)
    path = None if found is None else Path(found)
    return path if path is not None and path.is_file() else None


def _send(path: Path, max_age_s: int) -> Response:
    """The file, in the smallest form the browser takes that the build has made."""
    for coding, suffix in READY_MADE:
        ready = path.with_name(path.name + suffix)
        if request.accept_encodings.quality(coding) > 0 and ready.is_file():
            answer = send_file(ready, mimetype=_type(path), max_age=max_age_s)
            answer.headers["Content-Encoding"] = coding
            break
    else:
        answer = send_file(path, mimetype=_type(path), max_age=max_age_s)
    answer.vary.add("Accept-Encoding")
    if max_age_s:
        answer.cache_control.immutable = True
    return answer


def _type(path: Path) -> str | None:
    """Types the mapping of the machine often lacks."""
    known = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
    return known.get(path.suffix)
