"""The claims people's own pages at the desk; their names live in its namespace (`admin:claim`)."""

from claims.desk import extensions, file, indemnity, recoveries
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
    # Indemnity
    ("claims/<str:number>/indemnity/", indemnity.indemnity, "claim-indemnity"),
    ("claims/<str:number>/indemnity/prepare/", indemnity.prepare, "claim-prepare"),
    ("claims/<str:number>/indemnity/interim/", indemnity.interim, "claim-interim"),
    ("indemnities/<str:number>/sign/", indemnity.sign, "claim-sign"),
    ("indemnities/<str:number>/return/", indemnity.return_prepared, "claim-return"),
    ("indemnities/<str:number>/refuse/", indemnity.refuse, "claim-refuse"),
    # Recoveries, the end of a claim
    ("claims/<str:number>/recoveries/", recoveries.recoveries, "claim-recoveries"),
    ("claims/<str:number>/recoveries/new/", recoveries.recover, "claim-recover"),
    ("claims/<str:number>/close/", recoveries.close, "claim-close"),
    ("claims/<str:number>/reopen/", recoveries.reopen, "claim-reopen"),
    # Payments, bank accounts
]
