"""What can happen to a cover request."""

from django.utils.translation import gettext_lazy as _

from journal.recording import announce

REQUEST_OPENED = announce("request.opened", _("A request was opened"))
BUYER_LOOKED_UP = announce("request.buyer_looked_up", _("The buyer was looked up: %(source)s"))
DOCUMENT_ADDED = announce("request.document_added", _("The document %(name)s was added"))
DOCUMENT_REMOVED = announce("request.document_removed", _("The document %(name)s was removed"))
REQUEST_SUBMITTED = announce(
    "request.submitted", _("The request was submitted: peak exposure %(need_eur)s on %(peak_on)s")
)
ANALYSIS_STARTED = announce("request.analysis_started", _("The analysis started"))
INFORMATION_REQUESTED = announce("request.information_requested", _("Information was asked for: %(question)s"))
REQUEST_ANSWERED = announce("request.answered", _("The information was given: %(answer)s"))
REQUEST_OFFERED = announce("request.offered", _("The request led to an offer"), insured_sees=False)
REQUEST_DECLINED = announce("request.declined", _("Cover was declined: %(reasons)s"))
REQUEST_WITHDRAWN = announce("request.withdrawn", _("The request was withdrawn"))
REQUEST_EXPIRED = announce("request.expired", _("The draft expired after 30 days without a change"))
DRAFT_WARNED = announce("request.draft_warned", _("A reminder was sent: the draft expires in two days"))
