"""People at the insurer's desk: read by staff, duties and banks kept by superusers."""

import pytest
from django.urls import reverse

from parties.models import Bank, Duty, User

pytestmark = pytest.mark.django_db
TABLES = ["user", "company", "membership", "invitation", "buyer", "duty", "bank", "bankseat"]


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root@unlockfocus.example", "a root of the house", name="Root", language="en")


@pytest.mark.parametrize("table", TABLES)
def test_staff_read_and_change_nothing(signed_in, bruno, table):
    browser = signed_in(bruno)
    assert browser.get(reverse(f"admin:parties_{table}_changelist")).status_code == 200
    assert browser.get(reverse(f"admin:parties_{table}_add")).status_code == 403


@pytest.mark.parametrize("table", TABLES)
def test_a_company_s_people_do_not_enter(signed_in, helene, table):
    assert signed_in(helene).get(reverse(f"admin:parties_{table}_changelist")).status_code in {302, 403}


@pytest.mark.parametrize("table", ["user", "company", "membership", "invitation", "buyer"])
def test_not_even_a_superuser_writes_past_the_acts(signed_in, root, table):
    assert signed_in(root).get(reverse(f"admin:parties_{table}_add")).status_code == 403


def test_no_secret_is_shown(signed_in, bruno, helene):
    page = signed_in(bruno).get(reverse("admin:parties_user_change", args=[helene.pk])).content.decode()
    assert "helene.roux@index.example" in page
    assert helene.password not in page


def test_a_superuser_gives_and_ends_a_duty(signed_in, root, bruno):
    browser = signed_in(root)
    browser.post(reverse("admin:parties_duty_add"), {"user": bruno.pk, "role": "compliance_officer"})
    duty = Duty.objects.get(user=bruno, role="compliance_officer")
    browser.post(reverse("admin:parties_duty_delete", args=[duty.pk]), {"post": "yes"})
    assert not Duty.objects.filter(pk=duty.pk).exists()


def test_a_superuser_adds_a_bank(signed_in, root, bruno):
    signed_in(root).post(reverse("admin:parties_bank_add"), {"name": "Banque du Rhône", "bic": "RHONFRPP"})
    assert Bank.objects.filter(bic="RHONFRPP").exists()
    assert signed_in(bruno).post(reverse("admin:parties_bank_add"), {"name": "B", "bic": "B"}).status_code == 403
