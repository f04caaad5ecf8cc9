"""The product's frame: settings, addresses, periodic work, the pages that span the stages."""

from unlockfocus.celery import app as celery_app

__all__ = ["celery_app"]
