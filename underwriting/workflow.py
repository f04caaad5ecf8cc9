"""The lives of an offer and of a guarantee."""

from unlockfocus.workflow import Workflow

OFFER = Workflow(
    "Offer",
    ("sign", ["prepared"], "open"),
    ("return", ["prepared"], "returned"),
    ("accept", ["open"], "accepted"),
    ("refuse", ["open"], "refused"),
    ("expire", ["open"], "expired"),
    ("supersede", ["prepared", "open"], "superseded"),
)

GUARANTEE = Workflow(
    "Guarantee",
    ("enter_into_force", ["pending_conditions"], "in_force"),
    ("run_off", ["in_force"], "run_off"),
    ("close", ["in_force", "run_off"], "closed"),
    ("not_take_up", ["pending_conditions"], "not_taken_up"),
)

POSSIBLE_MATCH = Workflow(
    "Possible match with a sanctions list",
    ("clear", ["open", "confirmed"], "cleared"),
    ("confirm", ["open", "cleared"], "confirmed"),
    ("reopen", ["cleared", "ended"], "open"),
    ("end", ["open"], "ended"),
)
