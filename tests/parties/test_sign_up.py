"""A company opens its account."""

from threading import Barrier

import pytest
from django.test import Client

from journal.models import Entry
from parties import actions
from parties.models import Company, Membership, User
from tests.factories import another_company, at_once

INDEX = {
    "name": "INDEX",
    "legal_form": "SAS",
    "country": "FR",
    "registration_number": "900 004 128",
    "vat_number": "fr 33 900004128",
    "activity": "28.41",
    "address": "18 rue des Ateliers, 69007 Lyon",
    "employees": "142",
    "owner_name": "Hélène Roux",
    "email": "Helene.Roux@index.example",
    "password": "deux tours six broches",
}


def errors(page):
    return {field: [str(each) for each in messages] for field, messages in page.context["form"].errors.items()}


@pytest.mark.django_db
def test_the_company_and_its_owner_are_kept_and_the_owner_is_signed_in(client):
    answer = client.post("/sign-up/", INDEX)
    assert answer.status_code == 302
    assert answer.url == "/"

    company = Company.objects.get()
    assert (company.name, company.legal_form, company.country) == ("INDEX", "SAS", "FR")
    assert (company.registration_number, company.vat_number) == ("900004128", "FR33900004128")
    assert (company.activity, company.employees) == ("28.41", 142)

    owner = User.objects.get()
    assert (owner.email, owner.name, owner.language) == ("helene.roux@index.example", "Hélène Roux", "en")
    assert owner.check_password("deux tours six broches")
    assert not owner.is_staff
    assert Membership.objects.get(user=owner, company=company).role == "owner"
    assert client.get("/account/").context["user"] == owner


@pytest.mark.django_db
def test_letters_will_be_in_the_language_of_the_screen(client):
    Client(headers={"accept-language": "fr"}).post("/sign-up/", INDEX)
    assert User.objects.get().language == "fr"


@pytest.mark.django_db
def test_signing_up_is_recorded(client):
    client.post("/sign-up/", INDEX)
    entry = Entry.objects.get()
    assert (entry.event, entry.data) == ("company.signed_up", {"company": "INDEX SAS"})
    assert entry.actor == User.objects.get()
    assert entry.origin == "web 127.0.0.1"


@pytest.mark.django_db
def test_the_answers_about_eligibility_survive_and_lead_to_the_request(client):
    session = client.session
    session["eligibility"] = {"buyer_country": "RO"}
    session.save()
    assert "Your answers are kept" in client.get("/sign-up/").content.decode()

    answer = client.post("/sign-up/", INDEX)
    assert answer.status_code == 302
    assert answer.url == "/requests/new/"
    assert client.session["eligibility"] == {"buyer_country": "RO"}
    assert client.get(answer.url).status_code == 200


@pytest.mark.django_db
def test_without_answers_the_owner_lands_on_the_requests(client):
    answer = client.post("/sign-up/", INDEX, follow=True)
    assert answer.redirect_chain[-1][0] == "/requests/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        (
            {"registration_number": "900004127", "vat_number": ""},
            "registration_number",
            "The check digit does not fit: a digit is probably mistyped. Example of a SIREN: 900004128",
        ),
        (
            {"registration_number": "90000412", "vat_number": ""},
            "registration_number",
            "The number of characters is not right. Example of a SIREN: 900004128",
        ),
        (
            {"country": "NL", "registration_number": "seven", "vat_number": ""},
            "registration_number",
            "This is not how the number is written in that country. Example of a KvK: 74182070",
        ),
        (
            {"vat_number": "FR32900004128"},
            "vat_number",
            "The check digit does not fit: a digit is probably mistyped. Example of a VAT number: FR33900004128",
        ),
        ({"registration_number": ""}, "registration_number", "This field is required."),
        ({"country": ""}, "country", "This field is required."),
        ({"activity": "99.99"}, "activity", "Select a valid choice. 99.99 is not one of the available choices."),
        ({"address": ""}, "address", "This field is required."),
        ({"email": "helene"}, "email", "Enter a valid email address."),
        (
            {"password": "short one"},
            "password",
            "This password is too short. It must contain at least 12 characters.",
        ),
        ({"password": "helene.roux@index"}, "password", "The password is too similar to the e-mail address."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(client, changed, field, message):
    page = client.post("/sign-up/", INDEX | changed)
    assert page.status_code == 200
    assert errors(page) == {field: [message]}
    assert f'href="#id_{field}"' in page.content.decode()
    assert 'value="Hélène Roux"' in page.content.decode()
    assert not User.objects.exists()
    assert not Company.objects.exists()


@pytest.mark.django_db
def test_the_vat_number_the_legal_form_and_the_employees_may_be_left_out(client):
    client.post("/sign-up/", INDEX | {"vat_number": "", "legal_form": "", "employees": ""})
    assert Company.objects.get().employees is None


@pytest.mark.django_db
def test_a_company_that_is_here_already_asks_for_an_invitation(client):
    another_company()
    Company.objects.update(registration_number="900004128")
    page = client.post("/sign-up/", INDEX)
    message = "This company already has an account. Ask its owner to invite you."
    assert errors(page) == {"registration_number": [message]}
    assert Company.objects.count() == 1


@pytest.mark.django_db
def test_the_same_number_in_another_country_is_another_company(client):
    another_company()
    Company.objects.update(country="RO", registration_number="900004128")
    client.post("/sign-up/", INDEX)
    assert Company.objects.count() == 2


@pytest.mark.django_db
def test_a_known_address_is_told_to_sign_in(client):
    User.objects.create_user("helene.roux@index.example", name="Hélène Roux", language="fr")
    page = client.post("/sign-up/", INDEX)
    assert errors(page) == {"email": ["There is already an account with this address. Sign in with it instead."]}
    assert not Company.objects.exists()


@pytest.mark.django_db
def test_a_known_address_is_not_told_while_anything_else_is_wrong(client):
    """So that nobody can look addresses up for nothing."""
    User.objects.create_user("helene.roux@index.example", name="Hélène Roux", language="fr")
    page = client.post("/sign-up/", INDEX | {"registration_number": "1", "vat_number": ""})
    assert list(errors(page)) == ["registration_number"]


@pytest.mark.django_db
def test_who_is_signed_in_has_an_account_already(signed_in, alice):
    answer = signed_in(alice).post("/sign-up/", INDEX | {"registration_number": "732829320", "vat_number": ""})
    assert answer.status_code == 302
    assert answer.url == "/"
    assert Company.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_open_the_same_company_at_once_get_one_account_and_one_message(monkeypatch):
    both_forms_are_valid = Barrier(2)
    sign_up = actions.sign_up

    def wait_and_sign_up(**facts):
        both_forms_are_valid.wait(10)
        return sign_up(**facts)

    monkeypatch.setattr(actions, "sign_up", wait_and_sign_up)

    def press(email):
        page = Client(headers={"accept-language": "en"}).post("/sign-up/", INDEX | {"email": email})
        return page.status_code, errors(page) if page.status_code == 200 else {}

    results = at_once([lambda: press("a@index.example"), lambda: press("b@index.example")])
    message = "This company already has an account. Ask its owner to invite you."
    assert sorted(results, key=str) == [(200, {"registration_number": [message]}), (302, {})]
    assert Company.objects.count() == User.objects.count() == Membership.objects.count() == 1
