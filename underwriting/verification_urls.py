"""Addresses of the certificate: to take it away, and to check it without an account."""

from django.urls import path, re_path

from underwriting import downloads, verification

PDF = r"^guarantees/(?P<number>[A-Z0-9-]+)/certificate-(?P<language>fr|en)\.pdf$"

urlpatterns = [
    re_path(PDF, downloads.certificate, name="certificate"),
    path("verify/", verification.verify, name="verify"),
    path("verify/<str:number>/<str:code>/", verification.verify_certificate, name="verify-certificate"),
]
