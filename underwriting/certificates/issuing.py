"""Issuing: a certificate is made once per version and language, then kept as it was."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from journal.recording import record
from underwriting import events
from underwriting.actions.guarantees import locked
from underwriting.certificates.facts import certificate_facts
from underwriting.certificates.rendering import render_certificate
from underwriting.models import Certificate, Guarantee


def issue_certificate(guarantee: Guarantee, language: str, *, at: datetime) -> Certificate:
    """The certificate of the guarantee's present version, in `fr` or `en`: the one kept, or a new one dated `at`."""
    kept = guarantee.certificates.filter(version=guarantee.version, language=language).first()
    return kept or _issue(guarantee.pk, language, at)


@transaction.atomic
def _issue(guarantee_id: int, language: str, at: datetime) -> Certificate:
    """Make and keep the certificate while the guarantee's row is locked: whoever waited finds it made."""
    guarantee = locked(guarantee_id)
    kept = guarantee.certificates.filter(version=guarantee.version, language=language).first()
    if kept:
        return kept
    pdf = render_certificate(certificate_facts(guarantee), language, issued_at=at)
    certificate = guarantee.certificates.create(
        version=guarantee.version, language=language, pdf=pdf, sha256=sha256(pdf).hexdigest(), issued_at=at
    )
    data = {
        "number": guarantee.number,
        "version": guarantee.version,
        "language": language,
        "sha256": certificate.sha256,
    }
    record(guarantee.request.journal_key, events.CERTIFICATE_ISSUED, actor=None, at=at, data=data)
    return certificate
