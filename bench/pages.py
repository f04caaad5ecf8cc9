"""What the pages cost: queries and milliseconds each, as a ratio to the health check measured in the same run.

`./run bench pages` works in a transaction that is rolled back: a list of 200 requests, one with an offer, one bound,
and an unpaid order whose claim is being collected.
"""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django.db import connection, transaction  # noqa: E402 - after the set-up
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from claims.models import Claim  # noqa: E402
from parties.models import Company, User  # noqa: E402
from tests.factories import analysed_request, bound_guarantee, offer_for  # noqa: E402
from underwriting.actions import drift  # noqa: E402
from underwriting.scoring.versions import FORMULA, versions  # noqa: E402
from unlockfocus import demo  # noqa: E402
from unlockfocus.demo.unpaid import load_unpaid_order  # noqa: E402
from unlockfocus.reference import load_reference  # noqa: E402

ROUNDS = 30
REQUESTS = 200


def client_of(name: str) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(User.objects.get(name=name), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def pages() -> list[tuple[str, Client, str]]:
    """The pages to measure, on files built through the product's own verbs."""
    load_reference()
    company = Company.objects.filter(registration_number="900004128").first() or demo.load_people()
    alice, bruno, now = User.objects.get(name="Alice Bernard"), User.objects.get(name="Bruno Keller"), timezone.now()
    offer = offer_for(analysed_request(company, alice, now), bruno, now)
    guarantee = bound_guarantee(company, alice, bruno, now)
    drafts = [demo.draft_request(company, alice, now) for _number in range(REQUESTS)]
    claim = Claim.objects.first() or load_unpaid_order(company, now)
    unpaid, claimed = f"/guarantees/{claim.guarantee.number}", f"/desk/claims/{claim.number}"
    drift.compute(FORMULA, at=now)
    card = versions()[-1]
    insured, desk, handler = (client_of(name) for name in ("Alice Bernard", "Bruno Keller", "David Moreau"))
    return [
        ("health check (floor)", Client(), "/healthz"),
        ("front page", Client(), "/"),
        ("list of requests", insured, "/requests/"),
        ("schedule step", insured, f"/requests/{drafts[0].reference}/steps/schedule/"),
        ("check your answers", insured, f"/requests/{drafts[0].reference}/steps/review/"),
        ("file with an offer", insured, f"/files/{offer.request.reference}/"),
        ("guarantee", insured, f"/guarantees/{guarantee.number}/"),
        ("desk, work queue", desk, "/desk/"),
        ("desk, file", desk, f"/desk/file/{offer.request.reference}/"),
        ("desk, scoring models", desk, "/desk/models/"),
        ("desk, model's effect", desk, f"/desk/models/{card.model}/{card.version}/"),
        ("desk, drift", desk, "/desk/drift/"),
        ("list of guarantees", insured, "/guarantees/"),
        ("deliveries", insured, f"{unpaid}/deliveries/"),
        ("unpaid, first question", insured, f"{unpaid}/unpaid/"),
        ("claim", insured, f"/claims/{claim.number}/"),
        ("desk, claim file", handler, f"{claimed}/"),
        ("desk, collection", handler, f"{claimed}/collection/"),
        ("desk, indemnity", handler, f"{claimed}/indemnity/"),
        ("desk, recoveries", handler, f"{claimed}/recoveries/"),
        ("desk, payments", handler, "/desk/payments/"),
        ("desk, claims figures", handler, "/desk/portfolio/"),
        ("service levels", Client(), "/service-levels/"),
    ]


def measure(browser: Client, url: str) -> tuple[int, float]:
    """Queries of one request, and the median time of many, in milliseconds."""
    if (status := browser.get(url).status_code) != 200:
        raise SystemExit(f"{url} answered {status}")
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)
    count = len(queries)
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        browser.get(url)
        times.append(time.perf_counter() - start)
    return count, statistics.median(times) * 1000


def main() -> None:
    call_command("collectstatic", "--noinput", verbosity=0)
    with transaction.atomic():
        rows = [(name, *measure(browser, url)) for name, browser, url in pages()]
        transaction.set_rollback(True)
    floor = rows[0][2]
    print(f"{'page':<24} {'queries':>7} {'ms':>8} {'x floor':>8}")
    for name, queries, milliseconds in rows:
        print(f"{name:<24} {queries:>7} {milliseconds:>8.1f} {milliseconds / floor:>8.1f}")


if __name__ == "__main__":
    main()
