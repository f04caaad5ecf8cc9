"""Sanctions lists fetched from those who publish them, and taken over whole or not at all."""

import io
from datetime import datetime

from underwriting.actions.sanctions import LoadResult, load_list, note_refusal
from underwriting.outside.asking import ask
from underwriting.outside.clock import REAL, Clock
from underwriting.sources.answers import SWITCHED_OFF, Answer
from underwriting.sources.sanctions import PUBLISHERS, read_file
from unlockfocus.errors import BusinessRule

# Waiting for a place, and again after a failure; the EU's server takes more than a minute at times.
PATIENCE = 400.0


def refresh_list(code: str, *, at: datetime, clock: Clock = REAL) -> LoadResult | None:
    """Fetch a list and take it over; None when there is none to take, which is noted with the list and shown."""
    publisher = PUBLISHERS[code]
    files: dict[str, io.BytesIO] = {}
    for name, question in publisher.files.items():
        answer: Answer[bytes] = ask(publisher.source, question, read_file, at=at, patience=PATIENCE, clock=clock)
        if answer.payload is None:
            if answer.reason != SWITCHED_OFF:
                note_refusal(code, f"{name}: {answer.outcome} {answer.reason}".strip(), at=at)
            return None
        files[name] = io.BytesIO(answer.payload)
    try:
        return load_list(code, files, at=at)
    except BusinessRule as refusal:
        note_refusal(code, str(refusal), at=at)
        return None
