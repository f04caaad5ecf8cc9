"""The claims people's own pages at the desk; their names live in its namespace (`admin:claim`)."""

from claims.desk import extensions, file
from unlockfocus.desk import Page

PAGES: list[Page] = [
    # Notices
    ("claims/extensions/<int:pk>/", extensions.consent, "extension-consent"),
    # The claim file: documents, cover
    ("claims/<str:number>/", file.claim, "claim"),
    ("claims/<str:number>/take/", file.take, "claim-take"),
    ("claims/<str:number>/find/", file.find, "claim-find"),
    ("claims/<str:number>/ask/", file.ask, "claim-ask"),
    ("claims/<str:number>/collect/", file.collect, "claim-collect"),
    ("claims/<str:number>/suspend/", file.suspend, "claim-suspend"),
    ("claims/<str:number>/resume/", file.resume, "claim-resume"),
    # Collection, reserves, portfolio
    # Indemnity, payments, bank accounts, recoveries
]
