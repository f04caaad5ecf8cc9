"""Columns used by several tables."""

from typing import Any

from django.db import models


def fraction_field(label: Any, **options: Any) -> models.DecimalField:
    """A rate as a fraction, to six places."""
    return models.DecimalField(label, max_digits=9, decimal_places=6, **options)
