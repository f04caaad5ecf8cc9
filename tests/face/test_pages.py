"""The frame, the error pages, the design page and the letters: what they carry, and what they must not."""

import re
from datetime import date
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client

from tests.face.test_tokens import tokens
from unlockfocus.design import sent_letters

ROOT = Path(__file__).resolve().parents[2]


# --- Frame ------------------------------------------------------------------------------------------------------------


def test_the_page_needs_no_inline_script_or_style(client: Client) -> None:
    html = client.get("/design/").content.decode()
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]* src=)", html) == []
    assert set(re.findall(r'(?:src|href)="(https?:)?//', html)) == set()
    assert '"allowEval": false' in html
    assert '"includeIndicatorStyles": false' in html


def test_no_template_carries_style_except_letters() -> None:
    pages = [path for path in (ROOT / "templates").rglob("*.html") if path.parts[-2] not in {"emails", "pdf"}]
    assert len(pages) > 40
    assert [
        path.name for path in pages if re.search(r"<style|\sstyle=|\son(click|load|change|submit)=", path.read_text())
    ] == []


def test_every_component_opens_with_what_it_is() -> None:
    components = sorted((ROOT / "templates" / "components").glob("*.html"))
    assert len(components) > 25
    assert [path.name for path in components if not path.read_text().startswith(("{% comment %}", "{# "))] == []


def test_visitors_may_sign_in_and_choose_their_language(client: Client) -> None:
    html = client.get("/design/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en">' in html
    assert '<a class="skip-link" href="#content">Go to the content</a>' in html
    assert re.search(r'<a href="[^"]+">Sign in</a>', html)
    assert re.search(r'<button type="submit"\s+name="language"\s+value="fr"\s+lang="fr"', html)


def test_the_browser_decides_the_first_language(client: Client) -> None:
    assert '<html lang="fr">' in client.get("/design/", headers={"accept-language": "fr-FR,fr;q=0.9"}).content.decode()


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_stand_without_reader_or_request(page: str) -> None:
    html = render_to_string(f"{page}.html")
    assert f'<p class="code">{page[:3]}</p>' in html
    assert '<a class="button" href="/">' in html
    assert "csrfmiddlewaretoken" not in html


# --- Design page ------------------------------------------------------------------------------------------------------


def test_the_design_page_shows_every_component(client: Client) -> None:
    html = client.get("/design/").content.decode()
    for css_class in (
        "page-head", "badge", "grade", "stages", "timeline", "error-summary", "field", "facts", "figures", "sum",
        "deadline", "empty", "notice", "steps", "documents", "table", "pagination", "money-bar", "chart-exposure",
        "chart-price", "chart-waterfall", "term",
    ):  # fmt: skip
        assert re.search(rf'class="{css_class}[ "]', html) or f" {css_class}" in html, css_class


@pytest.mark.parametrize("path", ["/design/", "/design/mail/"])
def test_neither_page_exists_in_production(client: Client, settings: Any, path: str) -> None:
    settings.PRODUCTION = True
    assert client.get(path).status_code == 404


# --- Letters ----------------------------------------------------------------------------------------------------------

TEXT = """{% extends "emails/base.txt" %}
{% block subject %}Your offer for {{ buyer }} is ready{% endblock %}
{% block content %}We insure €1,480,000.00 at 90%.{% endblock %}
{% block action %}Read the offer{% endblock %}
{% block action_url %}{{ public_url }}/offers/12/{% endblock %}
{% block deadline %}You decide by 18 December 2026.{% endblock %}"""
HTML = """{% extends "emails/base.html" %}
{% block content %}<p>We insure €1,480,000.00 at 90%.</p>{% endblock %}
{% block action %}Read the offer{% endblock %}
{% block action_url %}{{ public_url }}/offers/12/{% endblock %}
{% block deadline %}You decide by 18 December 2026.{% endblock %}"""


def written(template: str, **context: Any) -> str:
    facts = {"public_url": "https://focus.example", "buyer": "Łódź & Co", "language": "en"}
    return engines["django"].from_string(template).render({**facts, **context}).strip()


def put(folder: Path, subject: str, html: str = "") -> None:
    letter = EmailMultiAlternatives(subject, "Bonjour", "us@focus.example", ["claire@index.example"])
    if html:
        letter.attach_alternative(html, "text/html")
    EmailBackend(file_path=str(folder)).send_messages([letter])


def test_the_text_of_a_letter_starts_with_its_subject_and_is_not_escaped() -> None:
    assert written(TEXT).splitlines() == [
        "Your offer for Łódź & Co is ready",
        "",
        "We insure €1,480,000.00 at 90%.",
        "",
        "Read the offer:",
        "https://focus.example/offers/12/",
        "",
        "You decide by 18 December 2026.",
        "",
        "-- ",
        "You receive this letter because you have an account with Unlock Focus.",
        "Unlock Focus, https://focus.example",
    ]


def test_a_letter_has_one_fact_one_action_one_deadline() -> None:
    html = written(HTML, subject="Your offer for Łódź & Co is ready")
    assert "Your offer for Łódź &amp; Co is ready</h1>" in html
    assert re.findall(r'href="([^"]+)"', html) == ["https://focus.example/", "https://focus.example/offers/12/"]
    assert "You decide by 18 December 2026." in html


def test_the_colours_of_letters_are_the_light_tokens() -> None:
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", (ROOT / "templates" / "emails" / "base.html").read_text()))
    assert len(used) == 6
    assert used <= {light for light, _ in tokens().values()}


def test_letters_are_read_newest_first(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MAIL_FOLDER = tmp_path
    put(tmp_path, "Première")
    put(tmp_path, "Deuxième", '<p>Voir <a href="https://focus.example/offers/12/">l’offre</a></p>')
    for number, file in enumerate(sorted(tmp_path.glob("*.log"), key=lambda path: "Deuxi" in subject_of(path))):
        file.rename(tmp_path / f"2026120{number}-080000-1.log")
    assert [(letter.subject, letter.to, letter.links) for letter in sent_letters(tmp_path)] == [
        ("Deuxième", "claire@index.example", ("https://focus.example/offers/12/",)),
        ("Première", "claire@index.example", ()),
    ]
    html = client.get("/design/mail/").content.decode()
    assert html.index("Deuxième") < html.index("Première")


def subject_of(file: Path) -> str:
    return str(BytesParser(policy=default).parsebytes(file.read_bytes())["Subject"])


def test_a_letter_is_shown_as_its_reader_sees_it_but_cannot_run_anything(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MAIL_FOLDER = tmp_path
    put(tmp_path, "Offre", "<h1>Votre offre</h1><script>alert(1)</script>")
    response = client.get("/design/mail/?letter=0")
    assert "<h1>Votre offre</h1>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert client.get("/design/mail/?letter=7").status_code == 404


def test_two_letters_in_one_file_are_two_letters(tmp_path: Path) -> None:
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["To"] = "Une", "claire@index.example"
    message.set_content("Bonjour")
    (tmp_path / "20261201-080000-1.log").write_bytes((message.as_bytes() + b"\n" + b"-" * 79 + b"\n") * 2)
    assert [letter.number for letter in sent_letters(tmp_path)] == [0, 1]


def test_a_copy_that_sent_nothing_says_so(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MAIL_FOLDER = tmp_path / date(2026, 12, 1).isoformat()
    assert "No letter yet" in client.get("/design/mail/").content.decode()
