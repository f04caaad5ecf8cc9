"""The insured's pages of the last stages: deliveries and payments, unpaid invoices, claims, papers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    # Deliveries and payments
    # Unpaid invoices
    # Claims
    # Money: bank accounts, papers
    # Service levels
]
