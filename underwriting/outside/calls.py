"""Questions that are put on one occasion: at one instant, with one patience."""

from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import TypeVar

from underwriting.outside.asking import ask
from underwriting.outside.clock import Clock
from underwriting.sources.answers import Answer, Reader
from underwriting.sources.questions import Question, Source

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """The instant it is made at, and its patience in seconds.

    `most` for one question; all of them until `ends_at` by the clock, but `least` for one even when those before it
    took it all.
    """

    at: datetime
    clock: Clock
    most: float
    ends_at: float = inf
    least: float = 0.0

    def ask(self, source: Source, question: Question, read: Reader[T]) -> Answer[T]:
        patience = max(self.least, min(self.most, self.ends_at - self.clock.monotonic()))
        return ask(source, question, read, at=self.at, patience=patience, clock=self.clock)
