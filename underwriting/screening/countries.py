"""Names of countries, in English or French as lists write them, to ISO 3166 alpha-2 codes. Pure."""

import re
import tomllib
from functools import cache
from pathlib import Path

from anyascii import anyascii
from babel import Locale

_TABLE = tomllib.loads((Path(__file__).parent / "countries.toml").read_text(encoding="utf-8"))["names"]


def country_code(name: str) -> str | None:
    """The code; None for what is no country that anybody told us of."""
    plain = _plain(name)
    return _codes().get(plain) or _codes().get(plain.removeprefix("the "))


def country_codes(*names: str | None) -> frozenset[str]:
    """The codes of those that are countries."""
    return frozenset(code for name in names if name and (code := country_code(name)))


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "fr"):
        for code, name in Locale.parse(language).territories.items():
            if re.fullmatch("[A-Z]{2}", code):
                found.setdefault(_plain(name), code)
    found |= {name: code for code, names in _TABLE.items() for name in names}
    return found


def _plain(name: str) -> str:
    text = re.sub("['’`]s\\b", "s", anyascii(name).lower()).replace("&", " and ")
    return re.sub("[^a-z]+", " ", re.sub(r"\bst\b", "saint", text)).strip()
