"""The desk's own pages, beside the lists of the admin; their names live in its namespace (`admin:file`)."""

from underwriting import desk_accounts, desk_drift, desk_models, desk_screening
from underwriting import desk_views as views

PAGES = [
    ("file/<str:reference>/", views.file, "file"),
    ("file/<str:reference>/offer/", views.offer, "file-offer"),
    ("file/<str:reference>/offer/<str:number>/sign/", views.sign, "file-sign"),
    ("file/<str:reference>/offer/<str:number>/return/", views.return_offer, "file-return"),
    ("file/<str:reference>/ask/", views.ask, "file-ask"),
    ("file/<str:reference>/decline/", views.decline, "file-decline"),
    ("file/<str:reference>/analyse/", views.analyse, "file-analyse"),
    ("file/<str:reference>/accounts/", desk_accounts.register_accounts, "file-accounts"),
    ("file/<str:reference>/sector/", views.sector, "file-sector"),
    ("file/<str:reference>/grade/", views.grade, "file-grade"),
    ("file/<str:reference>/grade/<int:pk>/", views.grade_answer, "file-grade-answer"),
    ("file/<str:reference>/condition/<int:pk>/", views.meet, "file-meet"),
    ("file/<str:reference>/not-taken-up/", views.not_take_up, "file-not-taken-up"),
    ("file/<str:reference>/close/", views.close, "file-close"),
    ("file/<str:reference>/screen/", desk_screening.screen, "file-screen"),
    ("file/<str:reference>/people/", desk_screening.person_add, "file-person-add"),
    ("file/<str:reference>/people/<int:pk>/end/", desk_screening.person_end, "file-person-end"),
    ("screening/", desk_screening.matches, "matches"),
    ("screening/search/", desk_screening.search, "match-search"),
    ("screening/<int:pk>/", desk_screening.match, "match"),
    ("models/", desk_models.models, "models"),
    ("models/<str:model>/<str:version>/", desk_models.model, "model"),
    ("models/<str:model>/<str:version>/rescore/", desk_models.rescore, "model-rescore"),
    ("models/<str:model>/<str:version>/propose/", desk_models.propose, "model-propose"),
    ("rescorings/<int:pk>/cancel/", desk_models.cancel, "rescoring-cancel"),
    ("rescorings/<int:pk>/resume/", desk_models.resume, "rescoring-resume"),
    ("activations/<int:pk>/", desk_models.activation, "activation"),
    ("drift/", desk_drift.drift, "drift"),
    ("drift/compute/", desk_drift.compute, "drift-compute"),
]
