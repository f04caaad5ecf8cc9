"""Addresses of offers, and of what the insured has us ask outside."""

from django.urls import path

from underwriting import views

urlpatterns = [
    path("requests/<str:reference>/buyer/look-up/", views.buyer_look_up, name="buyer-look-up"),
    path("offers/<str:number>/accept/", views.accept, name="offer-accept"),
    path("offers/<str:number>/refuse/", views.refuse, name="offer-refuse"),
]
