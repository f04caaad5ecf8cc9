"""What the door keeps in `.data`."""

import stat
from pathlib import Path

import pytest

from launch.checkout import Checkout, last_lines, open_log
from launch.start import development
from launch.translations import compile_catalogue, stale

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Buyer"
msgstr "Acheteur"

#, fuzzy
msgid "Offer"
msgstr "Peut-être une offre"
"""


def test_the_secret_is_long_stays_the_same_and_is_for_its_owner_only(checkout: Checkout) -> None:
    secret = checkout.secret_key()

    assert len(secret) >= 50
    assert checkout.secret_key() == secret
    assert stat.S_IMODE((checkout.data / "secret-key").stat().st_mode) == 0o600


def test_what_the_environment_sets_wins(checkout: Checkout) -> None:
    settings = development(checkout, {"UNLOCKFOCUS_ENV": "production", "PUBLIC_URL": "", "LANG": "C"}, port=8123)

    assert settings["UNLOCKFOCUS_ENV"] == "production"
    assert settings["PUBLIC_URL"] == "http://localhost:8123"
    assert settings["LANG"] == "C"


def test_a_log_is_quoted_from_its_latest_run_only(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for words in ("first", "second\nthird"):
        with open_log(log) as output:
            output.write(words.encode() + b"\n")

    assert last_lines(log, 10) == ["second", "third"]
    assert last_lines(log, 1) == ["third"]
    assert last_lines(tmp_path / "none.log", 10) == []


def test_a_log_that_has_grown_is_set_aside(checkout: Checkout) -> None:
    path = checkout.log("web")
    path.write_bytes(b"x" * (5 * 1024 * 1024 + 1))

    assert checkout.log("web") == path
    assert not path.exists()
    assert path.with_name("web.log.1").stat().st_size == 5 * 1024 * 1024 + 1


def test_only_changed_catalogues_are_compiled_and_doubtful_translations_left_out(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE)
    assert stale(tmp_path) == [source]

    compiled = compile_catalogue(source).read_bytes()

    assert stale(tmp_path) == []
    assert b"Acheteur" in compiled
    assert "Peut-être".encode() not in compiled


def test_a_broken_catalogue_leaves_the_compiled_one_alone(tmp_path: Path) -> None:
    from babel.messages.pofile import PoFileError

    source = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE)
    compiled = compile_catalogue(source)
    before = compiled.read_bytes()
    source.write_text(CATALOGUE + '\nmsgid "Order"\nmsgstring "Commande"\n')

    with pytest.raises(PoFileError):
        compile_catalogue(source)

    assert compiled.read_bytes() == before
