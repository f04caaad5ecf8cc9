"""The API, version 1: what a company's own systems may read of its requests and guarantees."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers, viewsets
from rest_framework.routers import SimpleRouter

from applications.models import CoverRequest
from underwriting.models import Guarantee


class CoverRequestSerializer(serializers.ModelSerializer):
    class Meta:
        model = CoverRequest
        fields = ["reference", "status", "buyer_country", "buyer_registration_number", "buyer_name", "order_reference",
                  "order_on", "need_eur", "peak_on", "submitted_at"]  # fmt: skip


class GuaranteeSerializer(serializers.ModelSerializer):
    request = serializers.CharField(source="offer.request.reference", help_text="Reference of the cover request.")
    limit = serializers.DecimalField(source="offer.limit", max_digits=17, decimal_places=2, help_text="EUR.")
    insured_percentage = serializers.DecimalField(
        source="offer.insured_percentage", max_digits=4, decimal_places=4, help_text="A fraction: 0.9000 is 90 %."
    )
    cover_start = serializers.DateField(source="offer.cover_start")
    cover_end = serializers.DateField(source="offer.cover_end")

    class Meta:
        model = Guarantee
        fields = ["number", "version", "status", "request", "limit", "insured_percentage", "cover_start", "cover_end",
                  "bound_at", "in_force_at"]  # fmt: skip


class CoverRequestViewSet(viewsets.ReadOnlyModelViewSet):
    """The requests one may see, newest first."""

    serializer_class = CoverRequestSerializer
    lookup_field = "reference"
    queryset = CoverRequest.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return CoverRequest.objects.visible_to(self.request.user).order_by("-pk")


class GuaranteeViewSet(viewsets.ReadOnlyModelViewSet):
    """The guarantees one may see, newest first."""

    serializer_class = GuaranteeSerializer
    lookup_field = "number"
    queryset = Guarantee.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return Guarantee.objects.visible_to(self.request.user).select_related("offer__request")


router = SimpleRouter()
router.register("requests", CoverRequestViewSet, basename="api-requests")
router.register("guarantees", GuaranteeViewSet, basename="api-guarantees")

urlpatterns = [path("", include(router.urls)), path("schema/", SpectacularAPIView.as_view(), name="api-schema")]
