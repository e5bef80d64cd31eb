"""Where a visitor is led after signing in."""

from urllib.parse import quote, urlsplit


def inner_path(wanted: str | None) -> str:
    """A path of ours, whatever was asked for: nobody is led elsewhere after signing in."""
    text = wanted or "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    foreign = parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//")
    if foreign or "\\" in text or not text.isprintable():
        return "/"
    return text


def with_next(path: str, wanted: str) -> str:
    """A page of ours that remembers where the visitor wanted to go."""
    return path if wanted == "/" else f"{path}?next={quote(wanted)}"
