"""The claims people's own pages at the desk; their names live in its namespace (`admin:claim`)."""

from claims.desk import accounts, collection, extensions, file, indemnity, payments, portfolio, recoveries
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
    # Collection, reserves
    ("claims/<str:number>/collection/", collection.cockpit, "claim-collection"),
    ("claims/<str:number>/collection/step/", collection.step, "claim-step"),
    ("claims/<str:number>/collection/costs/<int:pk>/", collection.approve, "claim-cost"),
    ("claims/<str:number>/collection/contact/", collection.contact, "claim-contact"),
    ("claims/<str:number>/collection/promise/", collection.promise, "claim-promise"),
    ("claims/<str:number>/collection/plan/", collection.plan, "claim-plan"),
    ("claims/<str:number>/collection/plans/<int:pk>/end/", collection.plan_end, "claim-plan-end"),
    ("claims/<str:number>/collection/filing/", collection.filing, "claim-filing"),
    ("claims/<str:number>/collection/collector/", collection.collector, "claim-collector"),
    (
        "claims/<str:number>/collection/lines/<int:pk>/declare/",
        collection.declare_collected,
        "claim-declare-collected",
    ),
    ("claims/<str:number>/reserve/", collection.reserve, "claim-reserve"),
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
    # Payments, bank accounts, the portfolio
    ("portfolio/", portfolio.portfolio, "claims-portfolio"),
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
