"""The insured's pages of the last stages: deliveries and payments, unpaid invoices, claims, papers."""

from django.urls import URLPattern, path, re_path

from claims.views import notices

urlpatterns: list[URLPattern] = [
    # Deliveries and payments
    # Unpaid invoices
    path("guarantees/<str:number>/unpaid/", notices.unpaid, name="unpaid"),
    path("guarantees/<str:number>/unpaid/send/", notices.unpaid_send, name="unpaid-send"),
    path("notices/<str:number>/", notices.notice, name="notice"),
    re_path(r"^papers/(?P<number>[A-Z0-9-]+)/(?P<language>fr|en)/$", notices.paper, name="paper"),
    # Claims
    # Money: bank accounts, papers
    # Service levels
]
