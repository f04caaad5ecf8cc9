"""Account numbers and banks: IBAN, BIC, and the countries a SEPA credit transfer reaches. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import bic, iban
from stdnum.exceptions import InvalidChecksum, ValidationError


@dataclass(frozen=True, slots=True)
class Zone:
    """The first two letters of the IBANs that SEPA credit transfers reach.

    The BIC of the bank may be left out inside the European Economic Area only (Regulation (EU) 260/2012, article 5).
    """

    version: str
    economic_area: frozenset[str]
    beyond: frozenset[str]

    @property
    def countries(self) -> frozenset[str]:
        return self.economic_area | self.beyond


# European Payments Council, list of SEPA scheme countries (EPC409-09), 41 countries since Serbia joined in May 2026.
# Territories share the IBAN letters of their country, except Gibraltar.
SEPA_2026 = Zone(
    version="EPC409-09 as of 2026-05",
    economic_area=frozenset(
        [
            "AT",
            "BE",
            "BG",
            "CY",
            "CZ",
            "DE",
            "DK",
            "EE",
            "ES",
            "FI",
            "FR",
            "GR",
            "HR",
            "HU",
            "IE",
            "IS",
            "IT",
            "LI",
            "LT",
            "LU",
            "LV",
            "MT",
            "NL",
            "NO",
            "PL",
            "PT",
            "RO",
            "SE",
            "SI",
            "SK",
        ]
    ),
    beyond=frozenset(["AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"]),
)

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_SEPARATORS = re.compile("[\\s\u200b\ufeff.-]+")
_MAX_CHARACTERS = 80


class InvalidAccount(ValueError):
    """Not an account number, or not a bank. `reason` is one of `REASONS`."""

    REASONS = ("empty", "format", "checksum", "outside_sepa")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_iban(text: str) -> str:
    """`FR76 3000 ...` in capitals without spaces, its structure and check digits verified. Raises InvalidAccount."""
    return _clean(text, _IBAN, iban.validate)


def clean_sepa_iban(text: str, zone: Zone = SEPA_2026) -> str:
    """An IBAN that a SEPA credit transfer can reach; InvalidAccount("outside_sepa") for any other."""
    cleaned = clean_iban(text)
    if cleaned[:2] not in zone.countries:
        raise InvalidAccount("outside_sepa")
    return cleaned


def clean_bic(text: str) -> str:
    """A bank's identifier of 8 or 11 characters, in capitals. Raises InvalidAccount."""
    return _clean(text, _BIC, bic.validate)


def needs_bic(account: str, zone: Zone = SEPA_2026) -> bool:
    """Whether the bank of this IBAN must be named: it lies in SEPA but outside the European Economic Area."""
    return account[:2] in zone.beyond


def group_iban(account: str) -> str:
    """The IBAN as people read it, in groups of four."""
    return " ".join(account[start : start + 4] for start in range(0, len(account), 4))


def _clean(text: str, shape: re.Pattern[str], validate: Callable[[str], str]) -> str:
    cleaned = _SEPARATORS.sub("", text[: _MAX_CHARACTERS + 1]).upper()
    if not cleaned:
        raise InvalidAccount("empty")
    if len(text) > _MAX_CHARACTERS or not shape.fullmatch(cleaned):
        raise InvalidAccount("format")
    try:
        return validate(cleaned)
    except InvalidChecksum:
        raise InvalidAccount("checksum") from None
    except ValidationError:
        raise InvalidAccount("format") from None
