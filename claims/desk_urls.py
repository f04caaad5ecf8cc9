"""The claims people's own pages at the desk; their names live in its namespace (`admin:claim`)."""

from claims.desk import accounts, extensions, file, payments, portfolio
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
    ("portfolio/", portfolio.portfolio, "claims-portfolio"),
    # Indemnity, payments, bank accounts, recoveries
    ("payments/", payments.payments, "payments"),
    ("payments/order/", payments.order, "payment-order"),
    ("payments/orders/<int:pk>/", payments.order_file, "payment-file"),
    ("payments/answers/", payments.answer_add, "bank-file-add"),
    ("payments/answers/<int:pk>/", payments.answer, "bank-file"),
    ("bank-accounts/", accounts.accounts, "accounts"),
    ("bank-accounts/<int:pk>/confirm/", accounts.confirm, "account-confirm"),
    ("bank-accounts/<int:pk>/refuse/", accounts.refuse, "account-refuse"),
    ("bank-accounts/banks/<int:pk>/", accounts.give, "account-give"),
]
