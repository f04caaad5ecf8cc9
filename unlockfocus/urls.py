"""The product's table of contents."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from unlockfocus import design, views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", include("parties.urls")),
    path("", include("applications.urls")),
    path("", include("underwriting.urls")),
    path("", include("underwriting.verification_urls")),
    path("", include("claims.urls")),
    path("files/<str:reference>/", views.file, name="file"),
    path("guarantees/", views.guarantees, name="guarantees"),
    path("guarantees/<str:number>/", views.guarantee, name="guarantee"),
    path("desk/", admin.site.urls),
    path("api/v1/", include("unlockfocus.api")),
]

if not settings.PRODUCTION:
    urlpatterns += [
        path("design/", design.design, name="design"),
        path("design/mail/", design.mail, name="design-mail"),
    ]
