"""Makes text small on the wire, where nothing has done so already."""

import gzip

from flask import Response, request

SMALLEST_BYTES = 1024
LARGEST_BYTES = 8 * 1024 * 1024
LEVEL = 6
TEXTS = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "image/svg+xml",
    }
)


def compress(answer: Response) -> Response:
    """Gzip a whole text answer; streams, ranges and files sent by the kernel stay as they are."""
    if answer.mimetype not in TEXTS:
        return answer
    answer.vary.add("Accept-Encoding")
    if _fits(answer) and request.accept_encodings.quality("gzip") > 0:
        answer.set_data(gzip.compress(answer.get_data(), LEVEL, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _fits(answer: Response) -> bool:
    whole = not (answer.is_streamed or answer.direct_passthrough)
    ready = "Content-Encoding" in answer.headers or "Content-Range" in answer.headers
    return (
        whole
        and not ready
        and answer.status_code >= 200  # noqa: PLR2004 - not a status, the first with a body
        and SMALLEST_BYTES <= (answer.content_length or 0) <= LARGEST_BYTES
    )
