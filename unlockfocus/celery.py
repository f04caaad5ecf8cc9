"""The Celery application; all periodic work of the product stands on this one screen."""

import os
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")

app = Celery("unlockfocus")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Journal entries whose reactions were not delivered (worker killed, broker gone) are delivered again.
    "journal-sweep": {"task": "journal.tasks.sweep", "schedule": timedelta(seconds=15)},
    # Drafts nobody touched for 30 days end; their authors are warned two days before.
    "drafts-expire": {"task": "applications.tasks.expire_drafts", "schedule": timedelta(hours=6)},
    # Analyses whose worker was killed are queued again.
    "analyses-sweep": {"task": "underwriting.tasks.sweep_analyses", "schedule": timedelta(seconds=30)},
    # Registers nobody asked about a new request's buyer are asked.
    "registers-sweep": {"task": "underwriting.tasks.sweep_registers", "schedule": timedelta(minutes=5)},
    # Buyers whose group GLEIF has not told yet are asked about again.
    "groups-sweep": {"task": "underwriting.tasks.sweep_groups", "schedule": timedelta(minutes=15)},
    # Runs of a model over the portfolio that stand still are queued again.
    "rescorings-sweep": {"task": "underwriting.tasks.sweep_rescorings", "schedule": timedelta(minutes=1)},
    # Offers end at midnight after their last day.
    "offers-expire": {"task": "underwriting.tasks.expire_offers", "schedule": timedelta(minutes=10)},
    # Invoices fall overdue; reminders, warnings and escalations are written on their days, between 7 and 20 o'clock.
    "clocks-watch": {"task": "claims.tasks.watch_clocks", "schedule": timedelta(hours=1)},
    # How the buyers differ from the companies behind the scorecard, at night: it reads every statement.
    "drift-compute": {"task": "underwriting.tasks.compute_drift", "schedule": crontab(hour=2, minute=30)},
    # Guarantees whose period is over cover nothing new.
    "guarantees-run-off": {"task": "claims.tasks.run_off", "schedule": timedelta(hours=1)},
}
