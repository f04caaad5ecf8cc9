"""Addresses of offers and certificates."""

from django.urls import path

from underwriting import views

urlpatterns = [
    path("offers/<str:number>/accept/", views.accept, name="offer-accept"),
    path("offers/<str:number>/refuse/", views.refuse, name="offer-refuse"),
]
