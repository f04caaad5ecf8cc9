import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties.identifiers import (
    COUNTRIES,
    GENERIC_NAME,
    InvalidIdentifier,
    clean_registration_number,
    clean_vat_number,
    identifier_name,
)

EU_27 = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}  # fmt: skip

REGISTRATION = [
    ("FR", "900 004 128", "900004128"),
    ("FR", "900\u202f004\u202f128", "900004128"),
    ("RO", "49007311", "49007311"),
    ("RO", "RO 490 073 11", "49007311"),
    ("RO", "ro49007311", "49007311"),
    ("AT", "FN 418207 k", "418207k"),
    ("BE", "BE 0726.084.293", "0726084293"),
    ("BG", "206693481", "206693481"),
    ("CH", "CHE-418.991.617", "CHE418991617"),
    ("CY", "418207", "HE418207"),
    ("CZ", "279 96 727", "27996727"),
    ("DE", "Amtsgericht Aachen HRB 18207", "Aachen HRB 18207"),
    ("DE", "HRB 18207 Aachen", "Aachen HRB 18207"),
    ("DK", "39 63 98 15", "39639815"),
    ("EE", "14583429", "14583429"),
    ("ES", "B-99032575", "B99032575"),
    ("FI", "2908136-9", "29081369"),
    ("GB", "1418207", "01418207"),
    ("GB", "sc 418207", "SC418207"),
    ("GR", "141820709000", "141820709000"),
    ("HR", "93586505578", "93586505578"),
    ("HU", "01-09-418207", "0109418207"),
    ("IE", "418207", "418207"),
    ("IT", "09819520348", "09819520348"),
    ("LT", "304182070", "304182070"),
    ("LU", "B 241820", "B241820"),
    ("LV", "4025 5658 982", "40255658982"),
    ("MT", "C 41820", "C41820"),
    ("NL", "74182070", "74182070"),
    ("NO", "923 824 952", "923824952"),
    ("PL", "0000418207", "0000418207"),
    ("PT", "518 564 665", "518564665"),
    ("SE", "559062-0398", "5590620398"),
    ("SI", "8172056000", "8172056"),
    ("SK", "54 182 070", "54182070"),
    ("US", " 12-3456789 ", "12-3456789"),
]

VAT = [
    ("FR", "FR 33 900 004 128", "FR33900004128"),
    ("FR", "33900004128", "FR33900004128"),
    ("RO", "RO49007311", "RO49007311"),
    ("RO", "49007311", "RO49007311"),
    ("GR", "GR 802105655", "EL802105655"),
    ("GR", "EL802105655", "EL802105655"),
    ("CH", "CHE-413.330.383 MWST", "CHE413330383"),
    ("CH", "CHE413330383", "CHE413330383"),
    ("NO", "NO 923 659 765 MVA", "NO923659765MVA"),
    ("NO", "923659765", "NO923659765MVA"),
    ("GB", "385 9921 37", "GB385992137"),
    ("NL", "NL863337995B01", "NL863337995B01"),
    ("US", "12-3456789", "123456789"),
]


@pytest.mark.parametrize(("country", "typed", "clean"), REGISTRATION)
def test_a_registration_number_has_one_canonical_form(country, typed, clean):
    assert clean_registration_number(country, typed) == clean
    assert clean_registration_number(country, clean) == clean


@pytest.mark.parametrize(("country", "typed", "clean"), VAT)
def test_a_vat_number_carries_its_country(country, typed, clean):
    assert clean_vat_number(country, typed) == clean
    assert clean_vat_number(country, clean) == clean


@pytest.mark.parametrize(
    ("country", "typed", "reason"),
    [
        ("FR", "", "empty"),
        ("FR", " \u200b ", "empty"),
        ("FR", "900004129", "checksum"),
        ("FR", "90000412800015", "length"),
        ("FR", "90000412A", "format"),
        ("RO", "49007312", "checksum"),
        ("RO", "J40/1234/2019", "format"),
        ("RO", "RO", "format"),
        ("CZ", "7103192745", "format"),
        ("BG", "7501020018", "format"),
        ("LV", "16117519997", "format"),
        ("ES", "54362315K", "format"),
        ("NL", "7418207", "format"),
        ("DE", "HRB 18207", "format"),
        ("DE", "Atlantis HRB 18207", "format"),
        ("GB", "9" * 81, "length"),
        ("US", "!", "format"),
    ],
)
def test_a_wrong_registration_number_says_why_and_shows_a_right_one(country, typed, reason):
    with pytest.raises(InvalidIdentifier) as refusal:
        clean_registration_number(country, typed)
    assert refusal.value.reason == reason
    assert refusal.value.name == identifier_name(country)
    assert clean_registration_number(country, refusal.value.example) == refusal.value.example


@pytest.mark.parametrize(
    ("country", "typed", "reason"),
    [
        ("FR", "", "empty"),
        ("FR", "FR34900004128", "checksum"),
        ("FR", "DE371122829", "checksum"),
        ("RO", "RO49007312", "checksum"),
        ("PL", "PL522129327", "length"),
        ("NO", "NO923659764MVA", "checksum"),
        ("US", "x1", "format"),
    ],
)
def test_a_wrong_vat_number_says_why_and_shows_a_right_one(country, typed, reason):
    with pytest.raises(InvalidIdentifier) as refusal:
        clean_vat_number(country, typed)
    assert refusal.value.reason == reason
    assert clean_vat_number(country, refusal.value.example) == refusal.value.example


def test_the_table_covers_the_union_and_three_neighbours():
    assert set(COUNTRIES) == EU_27 | {"GB", "CH", "NO"}


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_shows_valid_examples(country):
    for clean in (clean_registration_number, clean_vat_number):
        with pytest.raises(InvalidIdentifier) as refusal:
            clean(country, "")
        assert clean(country, refusal.value.example) == refusal.value.example


def test_numbers_are_called_as_in_their_country():
    assert [identifier_name(country) for country in ("FR", "RO", "PL", "CZ")] == ["SIREN", "CUI", "KRS", "IČO"]
    assert identifier_name("BR") == GENERIC_NAME


@given(country=st.sampled_from([*COUNTRIES, "US"]), text=st.text(max_size=90))
def test_any_text_is_a_number_or_is_refused(country, text):
    for clean in (clean_registration_number, clean_vat_number):
        assert outcome(clean, country, text) in {"accepted", "empty", "format", "length", "checksum"}


def outcome(clean, country, text):
    try:
        return "accepted" if clean(country, text) else "nothing"
    except InvalidIdentifier as refusal:
        return refusal.reason
