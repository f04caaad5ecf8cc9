"""What companies do, in NACE Rev. 2: the classes of manufacturing, and every other division as one line."""

from functools import cache

from django.utils.translation import gettext, override

from parties.nace import Activity, Revision, activities, activity

Choice = tuple[str, str]


def _choice(each: Activity, language: str) -> Choice:
    return each.code, f"{each.code} {each.label(language)}"


def grouped_activity_choices(language: str) -> list[tuple[str, list[Choice]]]:
    """Codes and labels, the classes of manufacturing under their divisions first, then what is not manufacturing."""
    with override(language):
        outside = gettext("Other than manufacturing")
    groups, others = [], []
    for division, classes in _divisions():
        if classes:
            groups.append((_choice(division, language)[1], [_choice(each, language) for each in classes]))
        else:
            others.append(_choice(division, language))
    return [*groups, (outside, others)]


def activity_choices(language: str) -> list[Choice]:
    """The same codes and labels without headings, such as ("28.41", "28.41 Manufacture of metal forming machinery")."""
    return [choice for _, choices in grouped_activity_choices(language) for choice in choices]


def activity_label(code: str, language: str) -> str:
    """The code with its words; the code alone when it is none of `activity_choices`."""
    return dict(activity_choices(language)).get(code, code)


def division_choices(language: str) -> list[Choice]:
    """Every division by its two digits, such as ("28", "28 Manufacture of machinery and equipment n.e.c.")."""
    return [_choice(division, language) for division, _classes in _divisions()]


def division_label(code: str, language: str) -> str:
    """The division with its words; the code alone when there is no such division."""
    return dict(division_choices(language)).get(code, code)


def activity_kind(code: str, revision: Revision = Revision.REV_2) -> str:
    """What a code stands for where it matters here: machine tools, capital goods, industry; "" for none of them."""
    found = activity(code, revision)
    if found is None:
        return ""
    if found.is_machine_tools:
        return gettext("machine tools")
    if found.is_capital_goods:
        return gettext("capital goods")
    return gettext("industry") if found.is_industry else ""


@cache
def _divisions() -> tuple[tuple[Activity, tuple[Activity, ...]], ...]:
    """Every division with its classes; without any when the table tells it on one line."""
    rows = activities(Revision.REV_2).values()
    return tuple(
        (division, tuple(each for each in rows if each.code.startswith(f"{division.code}.")))
        for division in rows
        if "." not in division.code
    )
