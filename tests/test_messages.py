"""Everything the product says is said in French too, and each reader gets their own language, whole."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from unlockfocus import catalogue


@pytest.fixture(scope="module")
def found() -> Catalog:
    """Every sentence of the code and the templates."""
    return catalogue.extracted()


@pytest.fixture(scope="module")
def french() -> Catalog:
    return catalogue.read("fr")


def translations(language: Catalog) -> list[str]:
    """Every French sentence, singular and plural apart."""
    said = [message.string or "" for message in language if message.id]
    return [form for text in said for form in ([text] if isinstance(text, str) else text)]


# --- The French -------------------------------------------------------------------------------------------------------


def test_the_french_is_complete(found: Catalog, french: Catalog) -> None:
    assert catalogue.faults(french, found) == []


def test_the_catalogue_is_kept_as_the_command_writes_it(found: Catalog, french: Catalog, settings, tmp_path) -> None:
    kept = catalogue.path_of("fr").read_bytes()
    settings.LOCALE_PATHS = [tmp_path]

    catalogue.write("fr", catalogue.updated(french, found))

    assert catalogue.path_of("fr").read_bytes() == kept


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("a straight apostrophe", r"'"),
        ("a breaking space before a sign that stands high", r" [:;?!%»€]"),
        ("no space before a sign that stands high", r"[^\W\d][;?!»]"),
        ("a breaking space inside guillemets", r"« "),
        ("straight or English quotation marks", r"[\"“”]"),
        ("an exclamation mark", r"!"),
        ("the acronym with two meanings", r"\bDIP\b"),
        ("a familiar form of address", r"\b(tu|ton|ta|tes|toi)\b"),
    ],
)
def test_french_typography_and_voice(french: Catalog, fault: str, wrong: str) -> None:
    """An example of code, in braces, is written as one types it; a placeholder reads as any word."""
    read = {text: re.sub(r"%\(\w+\)[a-z]", "x", re.sub(r"\{.*?\}", "", text)) for text in translations(french)}
    assert [text for text, words in read.items() if re.search(wrong, words)] == [], fault


def test_a_translated_sentence_is_no_f_string() -> None:
    """What Babel cannot read would stay English without anybody being told."""
    root = Path(settings.BASE_DIR)
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == root]
    culprits = [
        f"{source.relative_to(root)}:{call.lineno}"
        for folder in own
        for source in sorted(folder.rglob("*.py"))
        for call in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in catalogue.KEYWORDS
        and any(isinstance(argument, ast.JoinedStr) for argument in call.args)
    ]

    assert culprits == []


# --- What is extracted ------------------------------------------------------------------------------------------------

PYTHON = """
from django.utils.translation import gettext_lazy, ngettext, pgettext

LABEL = gettext_lazy("One order,"
                     " one buyer")
DAYS = ngettext("%(count)d day", "%(count)d days", 3)
OPEN = pgettext("state of an offer", "Open")
CODE = "not a sentence"
"""

TEMPLATE = """
{% load i18n %}{# {% translate "In a comment" %} #}
<p title="{% translate "Buyer's grade" %}">{{ "As a default"|default:_("none given") }}</p>
  {% blocktranslate trimmed with name=buyer.name %}
    {{ name }} pays
    90% in time.
  {% endblocktranslate %}
{% blocktranslate count n=late asvar text %}{{ n }} invoice{% plural %}{{ n }} invoices{% endblocktranslate %}
{% blocktranslate context "state of a file" %}Open{% endblocktranslate %}
"""


def sentences(folder: Path) -> set[tuple[Any, str | None]]:
    """What is to be translated there, each with its context."""
    return {(message.id, message.context) for message in catalogue.extracted(folder) if message.id}


def test_sentences_of_a_template(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE, encoding="utf-8")

    assert sentences(tmp_path) == {
        ("Buyer's grade", None),
        ("none given", None),
        ("%(name)s pays 90%% in time.", None),
        (("%(n)s invoice", "%(n)s invoices"), None),
        ("Open", "state of a file"),
    }


def test_sentences_of_a_python_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parties").mkdir()
    (tmp_path / "parties" / "words.py").write_text(PYTHON, encoding="utf-8")
    monkeypatch.setattr(apps.get_app_config("parties"), "path", str(tmp_path / "parties"))

    assert sentences(tmp_path) == {
        ("One order, one buyer", None),
        (("%(count)d day", "%(count)d days"), None),
        ("Open", "state of an offer"),
    }


# --- What is kept, dropped and noticed --------------------------------------------------------------------------------


def kept(**translations: str) -> Catalog:
    language = Catalog(locale="fr")
    for english, translation in translations.items():
        language.add(english, translation)
    return language


def test_an_update_keeps_translations_adds_new_sentences_and_drops_unused_ones() -> None:
    catalogue_now = catalogue.updated(kept(Buyer="Acheteur", Seller="Vendeur"), kept(Buyer="", Claim=""))

    assert {message.id: message.string for message in catalogue_now if message.id} == {"Buyer": "Acheteur", "Claim": ""}


def test_a_sentence_that_gained_a_plural_is_translated_anew() -> None:
    found = Catalog()
    found.add(("Buyer", "Buyers"))

    assert catalogue.faults(kept(Buyer="Acheteur"), found) == ["unused: 'Buyer'", "missing: 'Buyer'"]


@pytest.mark.parametrize(
    ("english", "translation", "flags", "fault"),
    [
        ("Buyer", "", (), "missing: 'Buyer'"),
        ("Buyer", "Acheteur", ("fuzzy",), "fuzzy: 'Buyer'"),
        ("Until %(day)s", "Jusqu’au %(jour)s", (), "other placeholders than in English: 'Until %(day)s'"),
        ("Until %(day)s", "Jusqu’à ce jour", (), "other placeholders than in English: 'Until %(day)s'"),
        ("%(share)s of 95%%", "%(share)s de 95 %", (), "other placeholders than in English: '%(share)s of 95%%'"),
        (("a day", "%(n)s days"), ("un jour", "des jours"), (), "other placeholders than in English: 'a day'"),
    ],
)
def test_a_fault_is_named(english, translation, flags, fault: str) -> None:
    language, found = Catalog(locale="fr"), Catalog()
    language.add(english, translation, flags=flags)
    found.add(english)

    assert catalogue.faults(language, found) == [fault]


def test_the_check_refuses_an_incomplete_catalogue_and_changes_nothing(settings, tmp_path: Path, capsys) -> None:
    settings.LOCALE_PATHS = [tmp_path]

    with pytest.raises(CommandError, match=r"docs/translating\.md"):
        call_command("messages", "--check")

    assert "fr, missing: 'Credit limit'" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_the_command_starts_a_catalogue_that_babel_and_gettext_can_read(settings, tmp_path: Path, capsys) -> None:
    settings.LOCALE_PATHS = [tmp_path]

    call_command("messages")

    assert (
        catalogue.path_of("fr")
        .read_text(encoding="utf-8")
        .startswith(
            "# French of Unlock Focus. `./run manage messages` adds what the code says anew and drops what it no longer"
            ' says.\nmsgid ""\nmsgstr ""\n"Language: fr\\n"\n'
        )
    )
    assert catalogue.read("fr").num_plurals == 2
    assert "fr, missing: 'Credit limit'" in capsys.readouterr().out


# --- Each reader in their own language --------------------------------------------------------------------------------

PAGES = [
    ("/", "Assurance-crédit d’un risque unique", "Single-risk credit insurance"),
    ("/eligibility/", "Cette commande peut-elle être assurée\u202f?", "Can this order be insured?"),
    ("/sign-in/", "Mot de passe oublié", "Forgotten password"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "french", "english"), PAGES)
def test_the_browser_chooses_the_language(address: str, french: str, english: str) -> None:
    """English has no catalogue of its own; that it does not fall back to French is the point."""
    in_french = Client().get(address, headers={"accept-language": "fr-FR,fr;q=0.9,en;q=0.5"}).content.decode()
    in_english = Client().get(address, headers={"accept-language": "en-GB,en;q=0.9,fr;q=0.5"}).content.decode()

    assert '<html lang="fr"' in in_french
    assert french in in_french
    assert english not in in_french
    assert '<html lang="en"' in in_english
    assert english in in_english
    assert french not in in_english


@pytest.mark.django_db
def test_a_browser_of_another_language_gets_french() -> None:
    page = Client().get("/sign-in/", headers={"accept-language": "ro"}).content.decode()

    assert "Mot de passe oublié" in page
