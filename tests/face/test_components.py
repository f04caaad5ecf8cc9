"""Components as a page prints them: fields tied to their words, errors linked, charts drawn in any language."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.forms import formset_factory
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from unlockfocus.design import CASE, FACTORS, SamplePrice


def printed(source: str, query: str = "", **context: Any) -> str:
    """The template, rendered with the tags of the face, blanks folded."""
    request = RequestFactory().get(f"/list/?{query}")
    html = engines["django"].from_string("{% load face %}" + source).render(context, request)
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", html)).strip()


class Order(forms.Form):
    """An amount, a choice and a declaration."""

    amount = forms.DecimalField(
        label="Amount",
        help_text="The exposure is computed from it.",
        widget=forms.TextInput(attrs={"data-unit": "EUR", "data-example": "1 850 000,00"}),
    )
    insured = forms.ChoiceField(
        label="Insured elsewhere?", choices=[("n", "No"), ("y", "Yes")], widget=forms.RadioSelect
    )
    true = forms.BooleanField(label="This is true")


# --- Forms ------------------------------------------------------------------------------------------------------------


def test_a_field_is_tied_to_why_we_ask() -> None:
    html = printed("{{ form.amount.as_field_group }}", form=Order())
    assert '<label for="id_amount">Amount</label>' in html
    assert '<div class="field-why" id="id_amount_helptext">The exposure is computed from it.</div>' in html
    assert 'aria-describedby="id_amount_helptext"' in html
    assert '<span class="field-unit">EUR</span>' in html
    assert "aria-invalid" not in html


def test_a_wrong_field_is_tied_to_its_error_and_gives_an_example() -> None:
    html = printed("{{ form.as_div }}", form=Order({"amount": "a lot"}))
    assert 'aria-invalid="true" aria-describedby="id_amount_helptext id_amount_error"' in html
    assert '<div class="field-error" id="id_amount_error">' in html
    assert "<li>Enter a number.</li>" in html
    assert '<li class="example">For example: 1 850 000,00</li>' in html


def test_choices_are_a_group_with_a_legend() -> None:
    html = printed("{{ form.insured.as_field_group }}", form=Order({}))
    assert '<fieldset class="field is-group has-error" aria-describedby="id_insured_error">' in html
    assert "<legend>Insured elsewhere?</legend>" in html
    assert '<label class="choice" for="id_insured_0">' in html


def test_the_summary_links_every_error_to_its_control() -> None:
    html = printed("{% error_summary form %}", form=Order({"amount": "a lot"}))
    assert "3 answers need your attention" in html
    assert '<a href="#id_amount">Amount: Enter a number.</a>' in html
    assert '<a href="#id_insured_0">Insured elsewhere: This field is required.</a>' in html
    assert '<a href="#id_true">This is true: This field is required.</a>' in html


def test_the_summary_names_the_line_of_a_formset_and_says_nothing_when_all_is_well() -> None:
    lines = formset_factory(Order)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-amount": "5", "form-0-insured": "n",
         "form-0-true": "on", "form-1-amount": "?", "form-1-insured": "n", "form-1-true": "on"}
    )  # fmt: skip
    html = printed("{% error_summary lines %}", lines=lines)
    assert "1 answer needs your attention" in html
    assert '<a href="#id_form-1-amount">Line 2, Amount: Enter a number.</a>' in html
    assert printed("{% error_summary form nothing %}", form=Order(), nothing=None) == ""


# --- States -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "states"),
    [
        ('"request"', ["current", "ahead", "ahead", "ahead", "ahead"]),
        ('"acceptance"', ["done", "done", "current", "ahead", "ahead"]),
        ('"analysis" stopped=True', ["done", "stopped", "ahead", "ahead", "ahead"]),
        ('"incidents" closed=True', ["done", "done", "done", "done", "done"]),
    ],
)
def test_the_tracker_knows_what_is_done(arguments: str, states: list[str]) -> None:
    html = printed("{% stage_tracker " + arguments + " %}")
    assert re.findall(r'<li class="stage (\w+)', html) == states
    assert html.count('aria-current="step"') == 1


def test_the_tracker_refuses_a_stage_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="'payment' is not in list"):
        printed('{% stage_tracker "payment" %}')


@pytest.mark.parametrize(
    ("day", "met", "tone", "words"),
    [
        (date(2027, 11, 28), False, "", "26 days left"),
        (date(2027, 11, 9), False, "tone-caution", "7 days left"),
        (date(2027, 11, 1), False, "tone-danger", "1 day late"),
        (date(2027, 11, 1), True, "tone-good", "met"),
    ],
)
def test_a_deadline_warns_in_words_and_in_tone(day: date, met: bool, tone: str, words: str) -> None:
    html = printed(
        '{% deadline "Claim due" day today rule="Because." met=met %}', day=day, today=date(2027, 11, 2), met=met
    )
    assert re.search(r'class="deadline ?([\w-]*)"', html)[1] == tone  # type: ignore[index]
    assert words in html
    assert '<span class="visually-hidden">: Claim due</span>' in html


def test_a_grade_prints_its_number_and_word() -> None:
    html = printed("{% grade 10 %}")
    assert '<span class="grade-number">10</span><span class="grade-word">default</span>' in html


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_pages_keep_the_filters_of_the_address() -> None:
    page = Paginator(range(200), 20).page(5)
    html = printed("{% pagination page %}", "status=offered&page=5", page=page)
    assert "81 to 100 of 200" in html
    assert 'href="?status=offered&amp;page=6"' in html
    assert '<span class="here" aria-current="page">' in html


@pytest.mark.parametrize(
    ("query", "target", "sorted_as"),
    [
        ("page=3&q=pei", "?q=pei&amp;order=peak", None),
        ("order=peak", "?order=-peak", "ascending"),
        ("order=-peak", "?order=peak", "descending"),
    ],
)
def test_a_column_head_orders_the_list_one_way_then_the_other(query: str, target: str, sorted_as: str | None) -> None:
    html = printed('{% sort_header "peak" "Peak" "number" %}', query)
    assert f'href="{target}"' in html
    assert (re.findall(r'aria-sort="(\w+)"', html) or [None]) == [sorted_as]


# --- Charts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_charts_print_their_coordinates_with_points_in_every_language(language: str) -> None:
    with translation.override(language):
        html = printed(
            "{% chart_exposure steps limit %}{% chart_price price %}"
            "{% chart_waterfall factors 'Score' %}{% money_bar used limit %}",
            steps=CASE, limit=Decimal("1200000"), price=SamplePrice(), factors=FACTORS, used=Decimal("370000"),
        )  # fmt: skip
    coordinates = re.findall(r' (?:x|y|x1|y1|cx|cy|width|height)="([^"]*)"', html)
    assert len(coordinates) > 60
    assert [value for value in coordinates if not re.fullmatch(r"-?\d+(\.\d+)?(rem)?", value)] == []
    assert re.findall(r' d="[^"]*\d,\d[^"]*"', html) == []


def test_the_exposure_is_told_in_words_and_as_a_table_too() -> None:
    html = printed("{% chart_exposure steps limit %}", steps=CASE, limit=Decimal("1200000.00"))
    assert html.count('role="img"') == 2
    assert "Peak exposure €1,480,000 on 16 August 2027. Credit limit €1,200,000." in html
    assert "€280,000.00 of the peak is above the limit and is not insured." in html
    assert '<td class="number">1,110,000.00</td>' in html


def test_an_order_without_amounts_says_what_is_missing() -> None:
    html = printed("{% chart_exposure steps %}", steps=[])
    assert "<svg" not in html
    assert "as soon as the order has a line with an amount and its dates" in html


def test_a_price_lists_its_parts_and_its_sum() -> None:
    html = printed("{% chart_price price %}", price=SamplePrice())
    assert re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', html) == [
        ("Expected loss", "3,272.24"), ("Selection", "2,454.18"), ("Cost of capital", "11,730.47"),
        ("Analysis and monitoring", "7,800.00"), ("Commission and margin", "6,314.22"), ("Insurance tax", "0.00"),
        ("To pay", "€31,571.11"),
    ]  # fmt: skip


def test_words_are_escaped() -> None:
    html = printed(
        "{% include 'components/facts.html' with facts=facts %}", facts=[("Buyer", "<script>alert(1)</script>")]
    )
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
