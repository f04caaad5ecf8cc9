"""The desk's own pages, beside the lists of the admin; their names live in its namespace (`admin:file`)."""

from underwriting import desk_drift, desk_models, desk_registers
from underwriting import desk_views as views

PAGES = [
    ("file/<str:reference>/", views.file, "file"),
    ("file/<str:reference>/offer/", views.offer, "file-offer"),
    ("file/<str:reference>/offer/<str:number>/sign/", views.sign, "file-sign"),
    ("file/<str:reference>/offer/<str:number>/return/", views.return_offer, "file-return"),
    ("file/<str:reference>/ask/", views.ask, "file-ask"),
    ("file/<str:reference>/decline/", views.decline, "file-decline"),
    ("file/<str:reference>/analyse/", views.analyse, "file-analyse"),
    ("file/<str:reference>/sector/", views.sector, "file-sector"),
    ("file/<str:reference>/grade/", views.grade, "file-grade"),
    ("file/<str:reference>/grade/<int:pk>/", views.grade_answer, "file-grade-answer"),
    ("file/<str:reference>/condition/<int:pk>/", views.meet, "file-meet"),
    ("file/<str:reference>/not-taken-up/", views.not_take_up, "file-not-taken-up"),
    ("file/<str:reference>/close/", views.close, "file-close"),
    ("file/<str:reference>/registers/ask/", desk_registers.ask, "file-registers-ask"),
    ("file/<str:reference>/notice/<int:pk>/confirm/", desk_registers.confirm, "file-notice-confirm"),
    ("file/<str:reference>/notice/<int:pk>/dismiss/", desk_registers.dismiss, "file-notice-dismiss"),
    ("file/<str:reference>/check/", desk_registers.check, "file-check"),
    ("file/<str:reference>/check/<int:pk>/evidence/", desk_registers.evidence, "file-check-evidence"),
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
