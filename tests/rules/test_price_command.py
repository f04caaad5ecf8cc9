import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from underwriting.price_cases import InvalidCase, price_case

ROOT = Path(__file__).resolve().parents[2]

PEI = {
    "lines": [
        {"amount_eur": "370000.00", "delivery": "2027-07-01", "due": "2026-12-15"},
        {"amount_eur": "1110000.00", "delivery": "2027-07-01", "due": "2027-09-29"},
        {"amount_eur": "370000.00", "delivery": "2027-08-16", "due": "2027-11-14"},
    ],
    "pd": "0.015",
    "insured_percentage": "0.90",
    "limit": "1480000.00",
    "cover_start": "2026-12-01",
    "cover_end": "2027-11-14",
    "tariff": {
        "lgd": "0.60",
        "country_factor": "1.10",
        "selection_load": "0.75",
        "coc": "0.10",
        "fixed_expenses": "6000.00",
        "monthly_monitoring": "150.00",
        "commission": "0.10",
        "margin": "0.10",
        "minimum_premium": "10000.00",
        "option_factors": {"political": "1.15"},
    },
    "options": [],
    "tax_rate": "0",
}
RESULT = {
    "days": "349",
    "expected": "3272.24",
    "selection": "2454.18",
    "capital": "11730.47",
    "expenses": "7800.00",
    "technical": "31571.11",
    "options": "0.00",
    "net_premium": "31571.11",
    "tax": "0.00",
    "to_pay": "31571.11",
    "peak": "1480000.00",
    "peak_day": "2027-08-16",
}


def changed(path, value):
    """The reference case with one value replaced; a path such as tariff.lgd or lines.1.due."""
    case = deepcopy(PEI)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    target = case
    for step in steps:
        target = target[step]
    target[last] = value
    return case


def test_a_case_is_answered_with_every_figure_as_text():
    assert price_case(PEI) == RESULT


def test_json_numbers_are_taken_at_their_shortest_form():
    assert price_case(changed("pd", 0.015)) == RESULT
    assert price_case(changed("limit", 1480000)) == RESULT


def test_an_order_without_exposure_has_no_peak_day():
    result = price_case(changed("lines", []))
    assert (result["peak"], result["peak_day"]) == ("0.00", None)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("pd", "abc", "pd: a number is expected, not 'abc'"),
        ("pd", True, "pd: a number is expected, not True"),
        ("pd", "NaN", "pd: a number is expected, not 'NaN'"),
        ("limit", None, "limit: a number is expected, not None"),
        ("limit", [1], "limit: a number is expected, not [1]"),
        ("pd", "1", "pd: no price exists for this value"),
        ("cover_end", "2026-11-30", "cover_end: no price exists for this value"),
        ("cover_end", "14/11/2027", "cover_end: a day such as 2026-12-01 is expected, not '14/11/2027'"),
        ("cover_end", "9999-12-31", "cover_end: a day such as 2026-12-01 is expected, not '9999-12-31'"),
        ("cover_end", 20271114, "cover_end: a day such as 2026-12-01 is expected, not 20271114"),
        ("lines.1.due", "soon", "lines[1].due: a day such as 2026-12-01 is expected, not 'soon'"),
        ("lines.2", "x", "lines[2].amount_eur: an object is expected, not 'x'"),
        ("lines", {}, "lines: a list is expected, not {}"),
        ("options", ["x"], "options: no price exists for this value"),
        ("options", [1], "options[0]: a text is expected, not 1"),
        ("tariff.lgd", "", "tariff.lgd: a number is expected, not ''"),
        ("tariff", 3, "tariff.lgd: an object is expected, not 3"),
        (
            "tariff.option_factors.political",
            "dear",
            "tariff.option_factors.political: a number is expected, not 'dear'",
        ),
    ],
)
def test_a_malformed_case_is_refused_with_its_place(path, value, message):
    with pytest.raises(InvalidCase) as refusal:
        price_case(changed(path, value))
    assert str(refusal.value) == message


def test_a_missing_key_is_named():
    case = deepcopy(PEI)
    del case["tariff"]["margin"]
    with pytest.raises(InvalidCase, match=r"^tariff\.margin: missing$"):
        price_case(case)


def test_the_command_prints_the_list_with_a_result_beside_each_case(tmp_path, capsys):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([PEI, {**PEI, "note": "kept"}]), encoding="utf-8")
    call_command("price", file)
    assert json.loads(capsys.readouterr().out) == [{**PEI, "result": RESULT}, {**PEI, "note": "kept", "result": RESULT}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{}", "a list of cases is expected"),
        (b"[1]", "case 0: lines: an object is expected, not 1"),
        (b'[\n{"pd": }]', "line 2, column 8: Expecting value"),
        (b"[" * 100_000, "maximum recursion depth exceeded while decoding a JSON array from a unicode string"),
        (b"\xff", "not UTF-8 text (byte 0)"),
        (json.dumps([PEI, changed("tariff.coc", "x")]).encode(), "case 1: tariff.coc: a number is expected, not 'x'"),
    ],
)
def test_the_command_refuses_a_malformed_file_with_the_place(tmp_path, content, message):
    file = tmp_path / "cases.json"
    file.write_bytes(content)
    with pytest.raises(CommandError) as refusal:
        call_command("price", file)
    assert str(refusal.value) == f"{file}: {message}"


def test_a_refusal_goes_to_stderr_with_exit_code_one(tmp_path):
    missing = tmp_path / "missing.json"
    done = subprocess.run(
        [sys.executable, "manage.py", "price", missing], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"{missing}: No such file or directory" in done.stderr


def test_the_documented_file_is_accepted():
    page = (ROOT / "docs" / "rules" / "pricing.md").read_text(encoding="utf-8")
    (case,) = json.loads(page.split("```json")[1].split("```")[0])
    assert price_case(case)["peak"] == "1110000.00"
