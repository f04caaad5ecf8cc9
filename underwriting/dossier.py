"""A file as the desk shows it: everything known about one request, each part fetched once, when it is asked for."""

from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.utils.timezone import localdate

from applications.exposure import Exposure, Stake, Step, exposure_steps
from applications.identity import Identity, identity_of
from applications.models import CoverRequest, TradingHistory
from journal.timeline import Line, timeline
from parties.models import GroupAnswer, User
from underwriting.abilities import desk_abilities
from underwriting.accounts_table import AccountsTable, accounts_table
from underwriting.actions.analysis import UNANSWERED
from underwriting.models import Analysis, BuyerStatement, GradeOverride, Guarantee, GuaranteeCondition, Offer
from underwriting.previews import suggested_terms, suggestion_for
from underwriting.quotes import Terms
from underwriting.registers_shown import RegistersShown, registers_shown
from underwriting.scoring.grades import pd_for_grade
from underwriting.scoring.outlook import Outlook, outlook
from underwriting.scoring.result import InsufficientAccounts, Score
from underwriting.scoring.score import Case
from underwriting.scoring.versions import versions
from underwriting.scoring_inputs import case_of, inputs_of, score_from_inputs, version_of
from underwriting.suggestion import Suggestion
from underwriting.terms import LIVE, Cumul, cumul, same_group


class Dossier:
    """One file, for one reader of the insurer's staff, at one instant."""

    def __init__(self, request: CoverRequest, reader: User, now: datetime) -> None:
        self.request, self.reader, self.now = request, reader, now
        self.today = localdate(now)

    @cached_property
    def abilities(self) -> frozenset[str]:
        return desk_abilities(self.request, self.reader, self.today)

    # --- The request --------------------------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return exposure_steps(self.request.schedule)

    @cached_property
    def peak(self) -> Exposure:
        return self.request.peak

    @cached_property
    def stake(self) -> Stake | None:
        return self.request.what_is_at_stake

    @cached_property
    def identity(self) -> Identity:
        return identity_of(self.request)

    @cached_property
    def trading(self) -> TradingHistory | None:
        return TradingHistory.objects.filter(request=self.request).first()

    @cached_property
    def timeline(self) -> list[Line]:
        return timeline(self.request.journal_key, insurer=True)

    # --- The analysis -------------------------------------------------------------------------------------------------

    @cached_property
    def newest_analysis(self) -> Analysis | None:
        return Analysis.objects.filter(request=self.request).first()

    @property
    def is_being_scored(self) -> bool:
        return self.newest_analysis is not None and self.newest_analysis.status == Analysis.Status.PENDING

    @cached_property
    def analysis(self) -> Analysis | None:
        """The newest one that is finished: what an offer would stand on."""
        if not self.is_being_scored:
            return self.newest_analysis
        return Analysis.objects.filter(request=self.request).exclude(status=Analysis.Status.PENDING).first()

    @cached_property
    def score(self) -> Score | None:
        return self.analysis.score if self.analysis else None

    @cached_property
    def second_reading(self) -> Score | None:
        """What the newest scorecard makes of the same inputs; None when it made the score, or cannot make one."""
        newest = versions()[-1]
        if not self.analysis or self.case is None or version_of(self.analysis.inputs) == newest:
            return None
        try:
            return score_from_inputs(self.analysis.inputs, newest)
        except InsufficientAccounts:
            return None

    @cached_property
    def case(self) -> Case | None:
        """The scored inputs as the rules take them; None without accounts."""
        if not self.analysis or not self.analysis.inputs.get("accounts", {}).get("years"):
            return None
        return case_of(self.analysis.inputs)

    @property
    def base_rate(self) -> Decimal | None:
        """Failures a year among companies like the buyer, as a scorecard took them; a fraction."""
        return Decimal(self.analysis.inputs["base_rate"]) if self.score and self.analysis else None

    @cached_property
    def outlook(self) -> Outlook | None:
        """What would change the grade, by the model that gave it; None without a score."""
        return outlook(self.case) if self.case and self.score else None

    @cached_property
    def refusal(self) -> InsufficientAccounts | None:
        """Why the accounts gave no score, found again from the kept inputs."""
        if self.analysis is None or self.analysis.status != Analysis.Status.REFERRED:
            return None
        try:
            score_from_inputs(self.analysis.inputs)
        except InsufficientAccounts as refusal:
            return refusal
        return None

    @cached_property
    def accounts(self) -> AccountsTable | None:
        """The accounts that were scored, or those given while none were."""
        inputs = self.analysis.inputs if self.analysis else inputs_of(self.request, self.today)
        return accounts_table(inputs["accounts"])

    @cached_property
    def newer_accounts(self) -> BuyerStatement | None:
        """Accounts of the buyer that came with another file and end later than those of this one."""
        if self.request.buyer is None or self.accounts is None:
            return None
        later = BuyerStatement.objects.filter(buyer=self.request.buyer, period_end__gt=self.accounts.years[0])
        return later.select_related("request").first()

    @cached_property
    def override(self) -> GradeOverride | None:
        """The confirmed judgement in place of the model's grade."""
        if self.analysis is None:
            return None
        confirmed = self.analysis.overrides.filter(confirmed_at__isnull=False)
        return confirmed.select_related("proposed_by", "confirmed_by").order_by("-pk").first()

    @cached_property
    def proposed_override(self) -> GradeOverride | None:
        """A grade that waits for its second person."""
        if self.analysis is None:
            return None
        return self.analysis.overrides.filter(**UNANSWERED).select_related("proposed_by").first()

    @property
    def grade(self) -> int | None:
        """The grade in use."""
        if self.override:
            return self.override.grade
        return self.analysis.grade if self.analysis else None

    @property
    def pd(self) -> Decimal | None:
        """The probability of default in use."""
        if self.override:
            return pd_for_grade(self.override.grade)
        return self.analysis.pd if self.analysis else None

    @cached_property
    def suggestion(self) -> Suggestion | None:
        return suggestion_for(self.request, self.grade)

    @cached_property
    def suggested_terms(self) -> Terms | None:
        return suggested_terms(self.request, self.grade, self.today)

    @cached_property
    def registers(self) -> RegistersShown | None:
        """What the registers say of the buyer; None before there is one."""
        return registers_shown(self.request.buyer, self.today) if self.request.buyer else None

    # --- What is insured on the buyer ---------------------------------------------------------------------------------

    @cached_property
    def held(self) -> Cumul | None:
        """What is bound on the buyer against its line; None before there is a grade."""
        if self.grade is None or self.request.buyer is None:
            return None
        return cumul(self.request.buyer, self.grade, self.today)

    @cached_property
    def on_buyer(self) -> list[Guarantee]:
        """Every live guarantee on this buyer and its group, whoever is insured."""
        if self.request.buyer is None:
            return []
        bound = Guarantee.objects.filter(same_group(self.request.buyer, "buyer__"), status__in=LIVE)
        return list(bound.select_related("offer__request__company", "buyer"))

    @cached_property
    def offered_elsewhere(self) -> list[Offer]:
        """Open offers on this buyer and its group in other files: they would take room when accepted."""
        if self.request.buyer is None:
            return []
        others = Offer.objects.filter(same_group(self.request.buyer, "request__buyer__"), status=Offer.Status.OPEN)
        return list(others.exclude(request=self.request).select_related("request__company", "request__buyer"))

    @cached_property
    def group_answer(self) -> GroupAnswer | None:
        """What GLEIF last said of the buyer's group, or that it said nothing."""
        return GroupAnswer.objects.filter(buyer=self.request.buyer).first() if self.request.buyer else None

    # --- Offers and guarantee -----------------------------------------------------------------------------------------

    @cached_property
    def offers(self) -> list[Offer]:
        """Newest first."""
        rows = Offer.objects.for_request(self.request).select_related(
            "prepared_by", "signed_by", "answered_by", "tariff"
        )
        return list(rows.prefetch_related("conditions"))

    @property
    def unsigned_offer(self) -> Offer | None:
        return self._offer_in(Offer.Status.PREPARED)

    @property
    def standing_offer(self) -> Offer | None:
        """The offer the insured can read: open or accepted."""
        return self._offer_in(Offer.Status.OPEN, Offer.Status.ACCEPTED)

    @property
    def live_offer(self) -> Offer | None:
        """The one offer that counts now: prepared, open or accepted."""
        return self._offer_in(Offer.Status.PREPARED, Offer.Status.OPEN, Offer.Status.ACCEPTED)

    def _offer_in(self, *states: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.status in states), None)

    @cached_property
    def guarantee(self) -> Guarantee | None:
        return Guarantee.objects.for_request(self.request).select_related("offer").first()

    @cached_property
    def conditions(self) -> list[GuaranteeCondition]:
        return list(self.guarantee.conditions.select_related("found_by")) if self.guarantee else []
