"""What every scoring model answers: a probability of default, a grade, what moved it, how far to trust it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


class InsufficientAccounts(ValueError):
    """No score can be given. `reason`: missing, implausible or future; `missing` names the items concerned."""

    def __init__(self, missing: tuple[str, ...], reason: str = "missing") -> None:
        super().__init__(f"{reason}: {', '.join(missing)}")
        self.missing = missing
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Factor:
    """One term of the model and the points it contributed.

    In a formula they are `weight` times `value`, and a constant has no value; on a card they are those of the bin the
    value fell in, and a ratio that was not given has no value and no points.
    """

    code: str
    value: Decimal | None
    weight: Decimal | None
    contribution: Decimal


@dataclass(frozen=True, slots=True)
class Overlay:
    """One step after the model, in the order taken, with what triggered it."""

    code: str
    pd_before: Decimal
    pd_after: Decimal
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to tell about the score."""

    code: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rated:
    """What a model makes of the accounts alone. `seen` is the share, 0 to 1, of what it looks for that was there.

    `doubts` are codes that ask for an underwriter's eye whatever the grade; `card` is empty for a formula.
    """

    model: str
    version: str
    points: Decimal
    pd: Decimal
    factors: tuple[Factor, ...]
    reasons: tuple[Reason, ...]
    seen: Decimal
    card: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """`pd` over 12 months and `grade` are after the overlays; `points` are the model's, the sum of the contributions.

    `confidence` lies in [0, 1]. `referrals` are codes that ask for an underwriter's eye whatever the grade. `card` is
    full or short, and empty for a formula.
    """

    model: str
    version: str
    points: Decimal
    pd: Decimal
    grade: int
    factors: tuple[Factor, ...]
    overlays: tuple[Overlay, ...]
    reasons: tuple[Reason, ...]
    confidence: Decimal
    referrals: tuple[str, ...] = ()
    card: str = ""
