"""The life of a cover request, from draft to decision."""

from unlockfocus.workflow import Workflow

OPEN = ("draft", "submitted", "in_analysis", "information_requested")

COVER_REQUEST = Workflow(
    "Cover request",
    ("submit", ["draft"], "submitted"),
    ("start_analysis", ["submitted"], "in_analysis"),
    ("ask_information", ["in_analysis"], "information_requested"),
    ("answer", ["information_requested"], "in_analysis"),
    ("offer", ["in_analysis", "offered"], "offered"),
    ("decline", ["in_analysis"], "declined"),
    ("withdraw", OPEN, "withdrawn"),
    ("expire", ["draft"], "expired"),
)
