"""What can happen from the first delivery to the last recovery. Amounts in the data are EUR."""

from django.utils.translation import gettext_lazy as _

from journal.recording import announce

INVOICE_DECLARED = announce("invoice.declared", _("Invoice %(invoice)s was declared: %(amount)s, due on %(due_on)s"))
INVOICE_OVERDUE = announce("invoice.overdue", _("Invoice %(invoice)s, due on %(due_on)s, is unpaid"))
INVOICE_PAID = announce("invoice.paid", _("Invoice %(invoice)s is paid in full"))
CREDIT_DECLARED = announce("credit.declared", _("%(kind)s of %(amount)s on %(on)s was declared"))
CREDIT_CANCELLED = announce("credit.cancelled", _("%(kind)s of %(amount)s was cancelled: %(reason)s"))
DISPUTE_OPENED = announce("dispute.opened", _("%(amount)s of invoice %(invoice)s is disputed: %(reason)s"))
DISPUTE_SETTLED = announce("dispute.settled", _("The dispute on invoice %(invoice)s is settled: %(outcome)s"))
EVIDENCE_ADDED = announce("evidence.added", _("Document added: %(name)s (%(kind)s)"))
NOTICE_SENT = announce("notice.sent", _("%(act)s: %(invoices)s, receipt %(number)s"))
EXTENSION_ASKED = announce("extension.asked", _("Consent was asked to extend %(invoices)s until %(until)s: %(reason)s"))
EXTENSION_AGREED = announce("extension.agreed", _("%(invoices)s may be paid until %(until)s: we agreed"))
EXTENSION_DECLINED = announce(
    "extension.declined", _("We do not agree to extend %(invoices)s until %(until)s: %(reason)s")
)
# A letter about each kind of deadline, by its key in clocks.Kind.
ALARMS = {
    "reminder": announce(
        "alarm.reminder", _("We reminded you: %(subject)s is unpaid, the overdue notice is due by %(due_by)s")
    ),
    "agreement": announce("alarm.agreement", _("%(subject)s was to be paid by %(due_by)s as agreed, and is not")),
    "instalment": announce("alarm.instalment", _("The instalment due on %(due_by)s was not paid")),
    "stop_deliveries": announce(
        "alarm.stop_deliveries", _("We wrote that deliveries stop after %(due_by)s while %(subject)s is unpaid")
    ),
    "overdue_notice": announce(
        "alarm.overdue_notice", _("We wrote that the overdue notice on %(subject)s is due by %(due_by)s")
    ),
    "claim": announce("alarm.claim", _("We wrote that the claim on %(subject)s is due by %(due_by)s")),
    "claims_barred": announce(
        "alarm.claims_barred", _("We wrote that claims on %(subject)s are barred after %(due_by)s")
    ),
    "insolvency_notice": announce(
        "alarm.insolvency_notice", _("We wrote that the insolvency notice is due by %(due_by)s")
    ),
    "decision": announce(
        "alarm.decision", _("The claims people were told: decision on %(subject)s by %(due_by)s"), insured_sees=False
    ),
    "payment": announce(
        "alarm.payment", _("The claims people were told: payment on %(subject)s by %(due_by)s"), insured_sees=False
    ),
}
CLAIM_OPENED = announce("claim.opened", _("Claim %(number)s was opened on %(amount)s"))
CLAIM_TAKEN = announce("claim.taken", _("Claim %(number)s is in the hands of %(handler)s"), insured_sees=False)
CLAIM_DOCUMENTS_MISSING = announce("claim.documents_missing", _("Claim %(number)s: documents are missing"))
CLAIM_DOCUMENTS_COMPLETE = announce("claim.documents_complete", _("Claim %(number)s: the documents are complete"))
CLAIM_DOCUMENTS_ASKED = announce(
    "claim.documents_asked", _("Claim %(number)s: we asked for a document (%(kind)s): %(reason)s")
)
CLAIM_IN_COLLECTION = announce("claim.in_collection", _("Claim %(number)s: collection has begun"))
CLAIM_SUSPENDED = announce("claim.suspended", _("Claim %(number)s is suspended: %(reason)s"))
CLAIM_RESUMED = announce("claim.resumed", _("Claim %(number)s goes on"))
CLAIM_REJECTED = announce("claim.rejected", _("Claim %(number)s was rejected: %(reasons)s"))
CLAIM_CLOSED = announce("claim.closed", _("Claim %(number)s was closed: %(reason)s"))
CLAIM_REOPENED = announce("claim.reopened", _("Claim %(number)s was reopened: %(reason)s"))
COVER_FOUND = announce("cover.found", _("Cover: %(question)s – %(finding)s: %(reason)s"), insured_sees=False)
RESERVE_SET = announce("reserve.set", _("Reserve set to %(indemnity)s: %(reason)s"), insured_sees=False)
STEP_TAKEN = announce("collection.step", _("Collection: %(step)s on %(taken_on)s"))
COST_APPROVED = announce("collection.cost_approved", _("Cost of %(cost)s approved: %(step)s"))
CONTACT_ADDED = announce("collection.contact", _("Contact added: %(name)s"), insured_sees=False)
PROMISE_NOTED = announce("collection.promise", _("The buyer promised %(amount)s by %(pay_by)s"))
PLAN_AGREED = announce("collection.plan", _("An instalment plan of %(amount)s was agreed until %(until)s"))
PLAN_ENDED = announce("collection.plan_ended", _("The instalment plan ended: %(reason)s"))
COLLECTOR_STATEMENT = announce(
    "collection.statement", _("Statement of %(collector)s imported: %(collected)s collected, %(cost)s of costs")
)
FILING_DEADLINE_SET = announce("collection.filing_deadline", _("Claims are to be filed in the insolvency by %(on)s"))
INDEMNITY_PREPARED = announce(
    "indemnity.prepared", _("%(kind)s %(number)s of %(amount)s was prepared"), insured_sees=False
)
INDEMNITY_RETURNED = announce("indemnity.returned", _("%(number)s was returned: %(reason)s"), insured_sees=False)
INDEMNITY_APPROVED = announce("indemnity.approved", _("%(kind)s %(number)s of %(amount)s was approved"))
INDEMNITY_ORDERED = announce("indemnity.ordered", _("Payment of %(amount)s to %(payee)s was ordered"))
INDEMNITY_PAID = announce("indemnity.paid", _("%(amount)s was paid to %(payee)s"))
INDEMNITY_FAILED = announce("indemnity.failed", _("The payment of %(amount)s came back: %(reason)s"))
ACCOUNT_GIVEN = announce("account.given", _("Bank account %(iban)s was given; it awaits confirmation"))
ACCOUNT_CONFIRMED = announce("account.confirmed", _("Bank account %(iban)s was confirmed"))
ACCOUNT_REFUSED = announce("account.refused", _("Bank account %(iban)s was refused: %(reason)s"))
RECOVERY_SHARED = announce(
    "recovery.shared",
    _("%(received)s received from %(source)s: %(to_insurer)s to the insurer, %(to_insured)s to the insured"),
)
PAPER_MADE = announce("paper.made", _("%(kind)s %(number)s was drawn up"))
