"""The insured's addresses, from the public questions to the submitted request."""

from django.urls import path

from applications import views

urlpatterns = [
    path("eligibility/", views.eligibility, name="eligibility"),
    path("accounts-template.xlsx", views.accounts_template, name="accounts-template"),
    path("requests/", views.requests, name="requests"),
    path("requests/new/", views.request_new, name="request-new"),
    path("requests/<str:reference>/steps/<slug:name>/", views.step, name="request-step"),
    path("requests/<str:reference>/accounts-preview/", views.accounts_preview, name="accounts-preview"),
    path("requests/<str:reference>/schedule-preview/", views.schedule_preview, name="schedule-preview"),
    path("requests/<str:reference>/documents/add/", views.document_add, name="document-add"),
    path("requests/<str:reference>/withdraw/", views.withdraw, name="request-withdraw"),
    path("requests/<str:reference>/answer/", views.answer, name="request-answer"),
    path("documents/<int:pk>/", views.document, name="document"),
    path("documents/<int:pk>/remove/", views.document_remove, name="document-remove"),
]
