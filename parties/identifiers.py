"""Registration and VAT numbers of companies: one table of countries, check digits where they are published. Pure.

`clean_*` return the canonical form that identifies a company and raise InvalidIdentifier. A country outside the table
gets a check of form only. The examples are invented; each passes its own check.
"""

import re
from dataclasses import dataclass

from stdnum import get_cc_module
from stdnum.ch import uid as swiss_uid
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

GENERIC_NAME = "registration number"
VAT_NAME = "VAT number"
_GENERIC = re.compile(r"[A-Z0-9][A-Z0-9/-]{1,28}[A-Z0-9]")
_SPACES = re.compile("[\\s\u200b\ufeff]+")
_MAX_CHARACTERS = 80


class InvalidIdentifier(ValueError):
    """A number no company of that country can have. `reason`: empty, format, length or checksum."""

    def __init__(self, reason: str, name: str, example: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name
        self.example = example


@dataclass(frozen=True, slots=True)
class _Number:
    """One country's registration number: its name there, an example, its canonical shape, its check in stdnum."""

    name: str
    example: str
    shape: str
    check: str | None = None


# Where no check digit is published (KRS, KvK, company number ...) the shape is all there is to check.
_REGISTRATION: dict[str, _Number] = {
    "AT": _Number("Firmenbuchnummer", "418207k", r"[0-9]{1,6}[a-z]", "businessid"),
    "BE": _Number("BCE/KBO", "0726084293", r"[01][0-9]{9}", "vat"),
    "BG": _Number("EIK", "206693481", r"[0-9]{9}", "vat"),
    "CH": _Number("UID", "CHE418991617", r"CHE[0-9]{9}", "uid"),
    "CY": _Number("HE", "HE418207", r"HE[0-9]{1,6}"),
    "CZ": _Number("IČO", "27996727", r"[0-9]{8}", "dic"),
    "DE": _Number("Handelsregister", "Aachen HRB 18207", r".+ [A-Za-z]{2,3} [0-9]+.*", "handelsregisternummer"),
    "DK": _Number("CVR", "39639815", r"[0-9]{8}", "cvr"),
    "EE": _Number("registrikood", "14583429", r"[0-9]{8}", "registrikood"),
    "ES": _Number("NIF", "B99032575", r"[A-Z][0-9]{7}[A-Z0-9]", "cif"),
    "FI": _Number("Y-tunnus", "29081369", r"[0-9]{8}", "ytunnus"),
    "FR": _Number("SIREN", "900004128", r"[0-9]{9}", "siren"),
    "GB": _Number("company number", "01418207", r"(?:[A-Z]{2}|[0-9]{2})[0-9]{6}"),
    "GR": _Number("GEMI", "141820709000", r"[0-9]{12}"),
    "HR": _Number("OIB", "93586505578", r"[0-9]{11}", "oib"),
    "HU": _Number("cégjegyzékszám", "0109418207", r"[0-9]{10}"),
    "IE": _Number("CRO", "418207", r"[0-9]{1,7}"),
    "IT": _Number("codice fiscale", "09819520348", r"[0-9]{11}", "iva"),
    "LT": _Number("įmonės kodas", "304182070", r"[0-9]{7}|[0-9]{9}"),
    "LU": _Number("RCS", "B241820", r"[A-Z][0-9]{1,6}"),
    "LV": _Number("reģistrācijas numurs", "40255658982", r"[4-9][0-9]{10}", "pvn"),
    "MT": _Number("company number", "C41820", r"[A-Z]{1,2}[0-9]{1,6}"),
    "NL": _Number("KvK", "74182070", r"[0-9]{8}"),
    "NO": _Number("organisasjonsnummer", "923824952", r"[0-9]{9}", "orgnr"),
    "PL": _Number("KRS", "0000418207", r"[0-9]{10}"),
    "PT": _Number("NIPC", "518564665", r"[0-9]{9}", "nif"),
    "RO": _Number("CUI", "49007311", r"[1-9][0-9]{1,9}", "cui"),
    "SE": _Number("organisationsnummer", "5590620398", r"[0-9]{10}", "orgnr"),
    "SI": _Number("matična številka", "8172056", r"[0-9]{7}", "maticna"),
    "SK": _Number("IČO", "54182070", r"[0-9]{8}"),
}

_VAT_EXAMPLES: dict[str, str] = {
    "AT": "ATU66408309", "BE": "BE0769515252", "BG": "BG209331224", "CH": "CHE413330383", "CY": "CY10445656Z",
    "CZ": "CZ27741397", "DE": "DE371122829", "DK": "DK39487861", "EE": "EE108140642", "ES": "ESB95770202",
    "FI": "FI29703981", "FR": "FR33900004128", "GB": "GB385992137", "GR": "EL802105655", "HR": "HR94806861675",
    "HU": "HU26612979", "IE": "IE3313554TH", "IT": "IT09856820882", "LT": "LT100013881314", "LU": "LU29151641",
    "LV": "LV40245388869", "MT": "MT26325811", "NL": "NL863337995B01", "NO": "NO923659765MVA", "PL": "PL5221293279",
    "PT": "PT519011619", "RO": "RO49007311", "SE": "SE559071170001", "SI": "SI84952822", "SK": "SK2149328280",
}  # fmt: skip

COUNTRIES: tuple[str, ...] = tuple(_REGISTRATION)


def identifier_name(country: str) -> str:
    """What the register of that country calls its number: SIREN, CUI, KRS; GENERIC_NAME outside the table."""
    return _REGISTRATION[country].name if country in _REGISTRATION else GENERIC_NAME


def clean_registration_number(country: str, text: str) -> str:
    """The number that identifies a company in its country's register, without spaces; raises InvalidIdentifier."""
    number = _REGISTRATION.get(country, _Number(GENERIC_NAME, "AB-418207", _GENERIC.pattern))
    reason = "empty"
    typed = _SPACES.sub(" ", text).strip()
    if typed:
        try:
            return _register_form(country, number, typed)
        except ValidationError as error:
            reason = _reason(error)
    raise InvalidIdentifier(reason, number.name, number.example)


def clean_vat_number(country: str, text: str) -> str:
    """The VAT number with its country prefix (EL for Greece, CHE for Switzerland); raises InvalidIdentifier."""
    reason = "empty"
    typed = re.sub(r"[\s.\-]", "", text).upper()
    if typed:
        try:
            return _vat_form(country, typed)
        except ValidationError as error:
            reason = _reason(error)
    raise InvalidIdentifier(reason, VAT_NAME, _VAT_EXAMPLES.get(country, "AB123456789"))


def _register_form(country: str, number: _Number, typed: str) -> str:
    """The canonical form; raises stdnum's ValidationError."""
    if len(typed) > _MAX_CHARACTERS:
        raise InvalidLength
    if number.check:
        canonical = _checked(country, number.check, typed.removeprefix("Amtsgericht ") if country == "DE" else typed)
    else:
        canonical = _written_in_full(country, re.sub(r"[ .]" if country not in _REGISTRATION else r"[ ./-]", "", typed))
    if not re.fullmatch(number.shape, canonical):
        raise ValidationError
    return canonical


def _written_in_full(country: str, number: str) -> str:
    """Add what people leave out: the leading zero of a British number, the HE of a Cypriot one."""
    number = number.upper()
    if country == "GB" and re.fullmatch("[0-9]{6,7}", number):
        return number.zfill(8)
    if country == "CY" and re.fullmatch("[0-9]{1,6}", number):
        return f"HE{number}"
    return number


def _vat_form(country: str, typed: str) -> str:
    """The canonical form; raises stdnum's ValidationError."""
    if len(typed) > _MAX_CHARACTERS:
        raise InvalidLength
    if country == "CH":
        return str(swiss_uid.validate(re.sub("(?:MWST|TVA|IVA|TPV)$", "", typed)))
    if country == "NO":
        return f"NO{_checked('NO', 'orgnr', typed.removeprefix('NO').removesuffix('MVA'))}MVA"
    if country == "GB":
        return f"GB{_checked('GB', 'vat', typed.removeprefix('GB'))}"
    if country in _VAT_EXAMPLES:
        prefix = "EL" if country == "GR" else country
        return str(eu_vat.validate(prefix + typed.removeprefix(country).removeprefix(prefix)))
    if not _GENERIC.fullmatch(typed):
        raise ValidationError
    return typed


def _checked(country: str, check: str, number: str) -> str:
    module = get_cc_module(country.lower(), check)
    if module is None:
        raise LookupError(f"stdnum has no {country}.{check}")
    return str(module.validate(number))


def _reason(error: ValidationError) -> str:
    if isinstance(error, InvalidChecksum):
        return "checksum"
    return "length" if isinstance(error, InvalidLength) else "format"
