"""The lives of an insured invoice, of a claim and of an indemnity."""

from unlockfocus.workflow import Workflow

# `disputed` stands beside these states: a part of an invoice is disputed, the rest goes its way.
INVOICE = Workflow(
    "Insured invoice",
    ("fall_overdue", ["declared"], "overdue"),
    ("extend", ["declared", "overdue"], "extended"),
    ("notify", ["declared", "overdue", "extended"], "notified"),
    ("claim", ["declared", "overdue", "extended", "notified"], "claimed"),
    ("pay", ["declared", "overdue", "extended", "notified", "claimed"], "paid"),
    ("return_to_unpaid", ["paid"], "declared"),
    ("indemnify", ["claimed"], "indemnified"),
    ("close", ["claimed", "indemnified"], "closed"),
    ("reopen", ["indemnified", "closed"], "claimed"),
)

OPEN_FILE = ["notified", "documents_incomplete", "documents_complete", "in_collection"]

CLAIM = Workflow(
    "Claim",
    ("miss_documents", ["notified", "documents_complete", "reopened"], "documents_incomplete"),
    ("complete_documents", ["notified", "documents_incomplete", "reopened"], "documents_complete"),
    ("collect", ["documents_complete"], "in_collection"),
    ("assess", ["in_collection"], "assessed"),
    ("send_back", ["assessed"], "in_collection"),
    ("approve", ["assessed"], "approved"),
    ("reject", ["assessed"], "rejected"),
    ("pay", ["approved"], "paid"),
    # The bank sends a payment back after it was booked.
    ("fall_back", ["paid"], "approved"),
    # Money can come late: also after a paid claim was closed.
    ("recover", ["paid", "in_recovery", "closed"], "in_recovery"),
    ("suspend", OPEN_FILE, "suspended"),
    ("resume", ["suspended"], "documents_incomplete"),
    ("close", [*OPEN_FILE, "paid", "in_recovery", "rejected"], "closed"),
    ("reopen", ["rejected", "closed"], "reopened"),
)

INDEMNITY = Workflow(
    "Indemnity",
    ("return", ["prepared"], "returned"),
    ("refuse", ["prepared"], "refused"),
    ("sign", ["prepared"], "approved"),
    # Advances were as much already: nothing is left to transfer.
    ("settle", ["approved"], "paid"),
    ("order", ["approved", "failed"], "ordered"),
    ("confirm", ["ordered"], "paid"),
    ("fail", ["ordered", "paid"], "failed"),
)
