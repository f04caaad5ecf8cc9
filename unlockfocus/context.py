"""What every page knows about the product."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def product(request: HttpRequest) -> dict[str, Any]:
    """The product's name, the insurer's name, the languages on offer, and whether this is a development copy."""
    return {
        "product_name": "Unlock Focus",
        "insurer_name": settings.INSURER_NAME,
        "development": not settings.PRODUCTION,
        "languages": settings.LANGUAGES,
    }
