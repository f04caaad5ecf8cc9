from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JournalConfig(AppConfig):
    name = "journal"

    def ready(self) -> None:
        """Let every stage announce its events and its reactions."""
        autodiscover_modules("events", "handlers")
