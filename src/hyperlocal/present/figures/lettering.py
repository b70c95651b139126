"""How wide a text is, so that long ones are broken into lines and nothing is cut at an edge."""

from __future__ import annotations

import unicodedata

WIDTHS = (
    (0.20, " "),
    (0.29, "ijlI.,:;'’|"),
    (0.38, "frt()[]{}!-/"),
    (0.45, "sz?"),
    (0.53, 'acegkvxyJLYF0123456789+=<>$£×−≤≥–“”"*#_^~'),
    (0.60, "bdhnopquABCEKPRSTVXZ"),
    (0.68, "DGHNOQU&"),
    (0.89, "mwMW%@©—"),
)
"""How wide letters of Source Sans Pro are at most, in its semi-bold cut, in heights of letters."""
OTHER = 1.0
_WIDTH = {letter: width for width, letters in WIDTHS for letter in letters}


def width_of(text: str, size: float) -> float:
    """Return a width in pixels that a text does not exceed.

    Parameters
    ----------
    text
        The text, of one line.
    size
        The size of its letters in pixels.

    Examples
    --------
    >>> width_of("Ynys Môn", 10) == width_of("Ynys Mon", 10)
    True
    """
    bare = (one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return size * sum(_WIDTH.get(letter, OTHER) for letter in bare)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines that fit a width; words that are wider are broken too.

    Parameters
    ----------
    text
        The text; its line breaks are kept.
    width
        The width in pixels.
    size
        The size of its letters in pixels.

    Returns
    -------
    list of str
        The lines; none for an empty text.

    Examples
    --------
    >>> wrapped("Barriers to housing and services", 120, 12)
    ['Barriers to housing', 'and services']
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in _pieces(paragraph, width, size):
            longer = f"{line} {word}".strip()
            if line and width_of(longer, size) > width:
                lines.append(line)
                longer = word
            line = longer
        if line:
            lines.append(line)
    return lines


def _pieces(paragraph: str, width: float, size: float) -> list[str]:
    """Return the words, those that do not fit a line in pieces that do."""
    pieces: list[str] = []
    for word in paragraph.split():
        piece = ""
        for letter in word:
            if piece and width_of(piece + letter, size) > width:
                pieces.append(piece)
                piece = ""
            piece += letter
        pieces.append(piece)
    return pieces
