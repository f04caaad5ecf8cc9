"""The insured's pages of the last stages: deliveries and payments, unpaid invoices, claims, papers."""

from django.urls import URLPattern, path, re_path

from claims.views import accounts, claims, declaring, deliveries, evidence, notices, service_levels

urlpatterns: list[URLPattern] = [
    # Deliveries and payments
    path("guarantees/<str:number>/deliveries/", deliveries.deliveries, name="deliveries"),
    path("guarantees/<str:number>/deliveries/new/", declaring.invoice_declare, name="invoice-declare"),
    path("guarantees/<str:number>/deliveries/preview/", declaring.invoice_preview, name="invoice-preview"),
    path("guarantees/<str:number>/deliveries/import/", declaring.invoices_import, name="invoices-import"),
    path("guarantees/<str:number>/invoices/<int:pk>/", deliveries.invoice, name="invoice"),
    path("guarantees/<str:number>/payments/new/", declaring.credit_declare, name="credit-declare"),
    path("guarantees/<str:number>/payments/preview/", declaring.credit_preview, name="credit-preview"),
    path("guarantees/<str:number>/payments/import/", declaring.credits_import, name="credits-import"),
    path("guarantees/<str:number>/payments/<int:pk>/cancel/", declaring.credit_cancel, name="credit-cancel"),
    path("guarantees/<str:number>/documents/add/", evidence.evidence_add, name="evidence-add"),
    path("documents/<int:pk>/evidence/", evidence.evidence, name="evidence"),
    path("disputes/<int:pk>/settle/", evidence.dispute_settle, name="dispute-settle"),
    re_path(r"^templates/(?P<of>invoices|payments)\.xlsx$", declaring.import_template, name="import-template"),
    # Unpaid invoices
    path("guarantees/<str:number>/unpaid/", notices.unpaid, name="unpaid"),
    path("guarantees/<str:number>/unpaid/send/", notices.unpaid_send, name="unpaid-send"),
    path("notices/<str:number>/", notices.notice, name="notice"),
    re_path(r"^papers/(?P<number>[A-Z0-9-]+)/(?P<language>fr|en)/$", notices.paper, name="paper"),
    # Claims
    path("claims/", claims.claims, name="claims"),
    path("claims/<str:number>/", claims.claim, name="claim"),
    path("claims/<str:number>/documents/add/", claims.claim_document, name="claim-document"),
    # Money: bank accounts, papers
    path("bank-accounts/", accounts.bank_accounts, name="bank-accounts"),
    path("bank-accounts/new/", accounts.bank_account_give, name="bank-account-give"),
    # Service levels
    path("service-levels/", service_levels.service_levels, name="service-levels"),
]
