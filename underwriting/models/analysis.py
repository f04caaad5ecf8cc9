"""The insurer's judgement of a buyer: a score with all that went into it, and a person's grade in its place."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import CoverRequest
from underwriting.models.fields import fraction_field
from underwriting.scoring.grades import pd_for_grade
from underwriting.scoring.result import Score
from underwriting.scoring.stored import score_from_dict


class Analysis(models.Model):
    """One scoring of a request's buyer: its frozen inputs, the model's version, the result and why."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting for a worker")
        DONE = "done", _("done")
        REFERRED = "referred", _("no score: to be judged by a person")

    request = models.ForeignKey(CoverRequest, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PENDING)
    requested_at = models.DateTimeField(_("requested"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    model = models.CharField(_("model"), max_length=40, blank=True)
    model_version = models.CharField(_("version"), max_length=20, blank=True)
    inputs = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    grade = models.PositiveSmallIntegerField(_("grade"), null=True, blank=True)
    pd = fraction_field(_("probability of default, 12 months"), null=True, blank=True)
    suggestion = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(status="pending"), name="underwriting_one_pending_analysis"
            )
        ]

    def __str__(self) -> str:
        return f"analysis {self.pk} of {self.request_id}"

    @property
    def score(self) -> Score | None:
        return score_from_dict(self.result) if self.result else None

    @property
    def override(self) -> GradeOverride | None:
        """The confirmed judgement that replaces the model's grade, if there is one."""
        return self.overrides.filter(confirmed_at__isnull=False).order_by("-pk").first()

    @property
    def grade_in_use(self) -> int | None:
        override = self.override
        return override.grade if override else self.grade

    @property
    def pd_in_use(self) -> Decimal | None:
        """The PD that prices: the model's own, or the one of the grade a person set."""
        override = self.override
        return pd_for_grade(override.grade) if override else self.pd


class GradeOverride(models.Model):
    """A person's judgement in place of the model's grade: a reason, and a second person."""

    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="overrides")
    grade = models.PositiveSmallIntegerField(_("grade"))
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["analysis"],
                condition=models.Q(confirmed_at=None, rejected_at=None),
                name="underwriting_one_open_override",
            ),
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("proposed_by")), name="underwriting_override_two_people"
            ),
            models.CheckConstraint(
                condition=models.Q(grade__gte=1, grade__lte=10), name="underwriting_override_grade_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return f"grade {self.grade} for {self.analysis}"
