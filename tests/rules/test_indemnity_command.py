import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from claims.indemnity_cases import indemnity_case
from tests.rules.shared_cases import load_case
from unlockfocus.json_cases import InvalidCase

ROOT = Path(__file__).resolve().parents[2]

LOSS = {
    "covered": ["1110000.00", "370000.00"],
    "deductions": ["180000.00"],
    "limit": "1200000.00",
    "insured_percentage": "0.90",
    "deductible": "10000.00",
    "deductible_order": "before_percentage",
    "maximum_liability_left": "1080000.00",
    "recoveries": [{"amount": "400000.00", "costs": "24000.00"}],
}
RESULT = {
    "gross_loss": "1300000.00",
    "insured_loss": "1200000.00",
    "indemnity": "1071000.00",
    "retained": "229000.00",
    "recoveries": [{"net": "376000.00", "to_insurer": "309766.15", "to_insured": "66233.85"}],
}


def changed(path, value):
    """The case with one value replaced; a path such as limit or recoveries.0.costs."""
    case = deepcopy(LOSS)
    *path_to, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    target = case
    for step in path_to:
        target = target[step]
    target[last] = value
    return case


def test_a_case_is_answered_with_every_amount_as_text():
    assert indemnity_case(LOSS) == RESULT


def test_amounts_may_be_numbers_and_are_answered_with_two_places():
    case = {**LOSS, "covered": [1110000, 370000.0], "limit": 1200000, "deductible": "1e4", "deductions": [180000]}
    assert indemnity_case(case) == RESULT


def test_nothing_lost_is_answered_with_zeros():
    assert indemnity_case({**LOSS, "covered": [], "recoveries": []}) == {
        "gross_loss": "0.00",
        "insured_loss": "0.00",
        "indemnity": "0.00",
        "retained": "0.00",
        "recoveries": [],
    }


def test_every_shared_case_to_the_cent():
    cases = load_case("indemnity.json")
    assert [indemnity_case(case) for case in cases] == [case["expected"] for case in cases]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("covered", "1", "covered: a list is expected, not '1'"),
        ("covered.1", "x", "covered[1]: a number is expected, not 'x'"),
        ("covered.0", "-1.00", "covered[0]: an amount to the cent, zero or more, is expected, not '-1.00'"),
        ("deductions.0", True, "deductions[0]: a number is expected, not True"),
        ("deductions.0", "0.005", "deductions[0]: an amount to the cent, zero or more, is expected, not '0.005'"),
        ("limit", None, "limit: a number is expected, not None"),
        ("limit", "Infinity", "limit: a number is expected, not 'Infinity'"),
        ("limit", "1e400", "limit: an amount to the cent, zero or more, is expected, not '1e400'"),
        ("insured_percentage", "90", "insured_percentage: a fraction from 0 to 1 is expected, not '90'"),
        ("insured_percentage", "-0.9", "insured_percentage: a fraction from 0 to 1 is expected, not '-0.9'"),
        ("deductible", "", "deductible: a number is expected, not ''"),
        (
            "deductible_order",
            "after",
            "deductible_order: after_percentage or before_percentage is expected, not 'after'",
        ),
        (
            "deductible_order",
            ["after_percentage"],
            "deductible_order: after_percentage or before_percentage is expected, not ['after_percentage']",
        ),
        ("maximum_liability_left", [], "maximum_liability_left: a number is expected, not []"),
        ("recoveries", {}, "recoveries: a list is expected, not {}"),
        ("recoveries.0", "400000.00", "recoveries[0].amount: an object is expected, not '400000.00'"),
        ("recoveries.0.costs", "?", "recoveries[0].costs: a number is expected, not '?'"),
    ],
)
def test_a_malformed_case_is_refused_with_its_place(path, value, message):
    with pytest.raises(InvalidCase) as refusal:
        indemnity_case(changed(path, value))
    assert str(refusal.value) == message


@pytest.mark.parametrize("key", sorted(LOSS))
def test_a_missing_key_is_named(key):
    case = {name: value for name, value in LOSS.items() if name != key}
    with pytest.raises(InvalidCase) as refusal:
        indemnity_case(case)
    assert str(refusal.value) == f"{key}: missing"


def test_the_command_prints_the_list_with_a_result_beside_each_case(tmp_path, capsys):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([LOSS, {**LOSS, "expected": RESULT, "note": "kept"}]), encoding="utf-8")
    call_command("indemnity", file)
    assert json.loads(capsys.readouterr().out) == [
        {**LOSS, "result": RESULT},
        {**LOSS, "expected": RESULT, "note": "kept", "result": RESULT},
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{}", "a list of cases is expected"),
        (b"[1]", "case 0: covered: an object is expected, not 1"),
        (b'[\n{"limit": }]', "line 2, column 11: Expecting value"),
        (b"[" * 100_000, "maximum recursion depth exceeded while decoding a JSON array from a unicode string"),
        (b"\xff", "not UTF-8 text (byte 0)"),
        (json.dumps([LOSS, changed("limit", "x")]).encode(), "case 1: limit: a number is expected, not 'x'"),
    ],
)
def test_the_command_refuses_a_malformed_file_with_the_place(tmp_path, content, message):
    file = tmp_path / "cases.json"
    file.write_bytes(content)
    with pytest.raises(CommandError) as refusal:
        call_command("indemnity", file)
    assert str(refusal.value) == f"{file}: {message}"


def test_a_refusal_goes_to_stderr_with_exit_code_one_and_nothing_half_printed(tmp_path):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([LOSS, changed("limit", "x")]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "manage.py", "indemnity", file], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{file}: case 1: limit: a number is expected, not 'x'" in done.stderr


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"missing\.json: No such file or directory"):
        call_command("indemnity", tmp_path / "missing.json")


def test_the_documented_file_is_accepted():
    page = (ROOT / "docs" / "rules" / "indemnity.md").read_text(encoding="utf-8")
    (case,) = json.loads(page.split("```json")[1].split("```")[0])
    assert indemnity_case(case) == RESULT
