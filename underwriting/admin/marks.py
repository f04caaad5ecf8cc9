"""How cells of the lists look: noted, badged, graded."""

from typing import Any

from django.utils.html import format_html

from unlockfocus.templatetags.face import grade_word


def noted(text: Any, note: Any) -> str:
    """Two lines of a cell: what it is, and under it what tells it apart."""
    return format_html('{}<span class="note">{}</span>', text, note)


def badge(words: Any, tone: str) -> str:
    """A state in a list: words on the tone's wash."""
    return format_html('<span class="badge tone-{}">{}</span>', tone, words)


def grade_chip(grade: int | None) -> str:
    """A grade in a list: its number on its colour, its word on hover and for screen readers."""
    if grade is None:
        return "–"
    return format_html(
        '<span class="grade grade-{}" title="{}"><span class="grade-number">{}</span></span>',
        grade,
        grade_word(grade),
        grade,
    )
