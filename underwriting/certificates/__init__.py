"""The certificate: the proof of a guarantee, as a PDF people file and as the same facts in JSON, attached to it."""

from underwriting.certificates.facts import Facts, certificate_facts
from underwriting.certificates.issuing import issue_certificate
from underwriting.certificates.rendering import render_certificate

__all__ = ["Facts", "certificate_facts", "issue_certificate", "render_certificate"]
