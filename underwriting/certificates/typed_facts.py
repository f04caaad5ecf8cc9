"""Facts kept as JSON, read back with their types: a key announces what its value is. Pure."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any


def typed(value: Any, key: str = "") -> Any:
    """The facts with days (`_on`, `_by`) as dates, instants (`_at`) as datetimes and numbers as Decimals.

    Numbers are `amount`, `_eur` and `_percentage`; everything else stays as it is, and so does what is not a text.
    """
    if isinstance(value, dict):
        return {name: typed(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [typed(each) for each in value]
    if not isinstance(value, str):
        return value
    if key.endswith(("_on", "_by")):
        return date.fromisoformat(value)
    if key.endswith("_at"):
        return datetime.fromisoformat(value)
    if key == "amount" or key.endswith(("_eur", "_percentage")):
        return Decimal(value)
    return value
