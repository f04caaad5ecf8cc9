"""References: one run per kind and year, without gaps."""

import pytest
from django.db import transaction

from journal.numbering import next_reference
from tests.factories import at_once

pytestmark = pytest.mark.django_db


def test_each_kind_and_year_has_its_own_run():
    asked = [next_reference("D", 2026), next_reference("D", 2026), next_reference("G", 2026), next_reference("D", 2027)]
    assert asked == ["D-2026-000001", "D-2026-000002", "G-2026-000001", "D-2027-000001"]


@pytest.mark.django_db(transaction=True)
def test_asked_at_once_no_number_is_given_twice_or_skipped():
    def three():
        return [next_reference("D", 2026) for _ in range(3)]

    given = [reference for references in at_once([three] * 6) for reference in references]
    assert sorted(given) == [f"D-2026-{number:06d}" for number in range(1, 19)]


@pytest.mark.django_db(transaction=True)
def test_a_number_of_an_act_that_failed_is_given_to_the_next():
    with transaction.atomic():
        next_reference("D", 2026)
        transaction.set_rollback(True)
    assert next_reference("D", 2026) == "D-2026-000001"
