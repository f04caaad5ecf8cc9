"""Words for what a request holds as codes."""

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext as _

from applications.fields import language
from applications.forms import OPTIONS
from parties import activities
from parties.activities import activity_label
from parties.countries import country_name

register = template.Library()


@register.filter
def country(code: str) -> str:
    """The country's name in the active language."""
    return country_name(code, language()) if code else ""


@register.filter
def activity(code: str) -> str:
    """The NACE code with its words."""
    return activity_label(code, language())


@register.filter
def activity_kind(code: str) -> str:
    """`machine tools`, `capital goods` or `industry`; nothing for other activities."""
    return activities.activity_kind(code)


@register.filter
def option_words(options: Sequence[str]) -> str:
    """The options of a cover, in words; "none" when there are none."""
    words = dict(OPTIONS)
    return ", ".join(str(words[option]) for option in options) or _("none")
