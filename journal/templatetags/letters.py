"""A letter's facts come from the journal, as text: these print them as a person writes them."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.translation import get_language

from unlockfocus.money import format_money
from unlockfocus.templatetags.face import day

register = template.Library()


@register.filter
def eur(text: str) -> str:
    """`1480000.00` as `€1,480,000.00`."""
    return format_money(Decimal(text), "EUR", get_language() or "fr")


@register.filter
def iso_day(text: str) -> str:
    """`2026-12-08` as `8 December 2026`."""
    return day(date.fromisoformat(text))
