"""Words people type, made fit to be kept and shown."""

import unicodedata

from loa_server.domain.problems import Problem

MAX_TITLE = 200
MAX_NAME = 120
MAX_CATEGORY = 60


def one_line(text: str, field: str, most: int) -> str:
    """One line in composed letters without control characters.

    Raises:
        Problem: `bad_request` naming the field when nothing is left, or more than `most` letters.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    line = "".join(letter for letter in line if letter.isprintable())
    if not line or len(line) > most:
        raise Problem("bad_request", {"field": field, "most": most})
    return line
