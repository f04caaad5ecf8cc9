"""The claims people's own pages at the desk; their names live in its namespace (`admin:claim`)."""

from unlockfocus.desk import Page

PAGES: list[Page] = [
    # The claim file: documents, cover
    # Collection, reserves, portfolio
    # Indemnity, payments, bank accounts, recoveries
]
