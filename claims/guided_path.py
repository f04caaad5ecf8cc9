"""The guided path of unpaid invoices, read from an address: what is answered, what is asked next, what then follows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from claims import advice, words
from claims.account import Account
from claims.actions.notices import Sending
from claims.advice import Act, Answers, Question
from claims.foresight import AGREED, URGENCY, Foresight, effects_as_facts
from claims.models import Claim, Invoice
from claims.notice_forms import (
    FORMS,
    DisputedAmountForm,
    InvoicesForm,
    QuestionForm,
    TermsForm,
    given,
)

# What an act needs to know, when the answers so far did not call for it.
NEEDED = {
    Act.EXTENSION: Question.EXTENSION_TERMS,
    Act.INSTALMENT_PLAN: Question.EXTENSION_TERMS,
    Act.DISPUTE: Question.DISPUTED_AMOUNT,
    Act.INSOLVENCY_NOTICE: Question.INSOLVENT_ON,
}
TERMS = {Act.EXTENSION: TermsForm.DAY, Act.INSTALMENT_PLAN: TermsForm.PARTS}
TERMS_ASKED = "terms"


@dataclass(frozen=True)
class Told:
    """An answer given: the question, the answer in words, and the address that asks it again."""

    question: str
    answer: str
    again: str


@dataclass
class GuidedPath:
    """The path as far as this address leads. Nothing is stored: the address is the memory."""

    account: Account
    data: QueryDict
    told: list[Told] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    asked: QuestionForm | None = None
    title: str = ""
    why: str = ""
    answers: Answers = field(default_factory=lambda: Answers(invoice=""))
    invoices: list[Invoice] = field(default_factory=list)
    disputed: Invoice | None = None
    disputed_reason: str = ""

    @classmethod
    def read(cls, account: Account, data: QueryDict) -> "GuidedPath":
        """Follow the answers up to the first that is missing or wrong: that one is `asked`."""
        path = cls(account, data)
        path._choose_invoices()
        while path.asked is None:
            question = path._next()
            if question is None:
                break
            path._ask(question)
        return path

    @cached_property
    def unpaid(self) -> list[Invoice]:
        """Invoices on which something is open, oldest due first."""
        return [each for each in self.account.invoices if self.account.balance(each).open and each.status != "closed"]

    # --- Walking ------------------------------------------------------------------------------------------------------

    def _choose_invoices(self) -> None:
        form = InvoicesForm(self.data if "invoice" in self.data else None, account=self.account, invoices=self.unpaid)
        title, why = _("Which invoices is it about?"), _("What is overdue is ticked.")
        if self._take(form, title, why):
            self.invoices = form.chosen
            self.answers = Answers(invoice=self.invoices[0].number)

    def _next(self) -> Question | None:
        question = advice.next_question(self.answers, self.account.facts)
        if question is None and self.act and not self._knows_enough(self.act):
            question = NEEDED[self.act]
        return question

    def _ask(self, question: Question) -> None:
        form_class = FORMS[question]
        options: dict[str, Any] = {"account": self.account, "invoices": self.invoices}
        if question is Question.EXTENSION_TERMS and self.act in TERMS:
            options["only"] = TERMS[self.act]
        form = form_class(self.data if given(self.data, form_class) else None, **options)
        title, why = (str(each) for each in words.QUESTIONS[question])
        if self._take(form, title, why):
            self._learn(question, form)

    def _take(self, form: QuestionForm, title: str, why: str) -> bool:
        """Keep a good answer and go on; otherwise stop here and ask."""
        if not form.is_valid():
            self.asked, self.title, self.why = form, title, why
            return False
        self.told.append(Told(title, form.shown(), self._address(self.kept)))
        self.kept.extend((name, value) for name in form.fields for value in self.data.getlist(name) if value)
        return True

    def _learn(self, question: Question, form: QuestionForm) -> None:
        found = form.cleaned_data
        match question:
            case Question.PAID:
                self.answers = replace(self.answers, paid=found["paid"])
            case Question.DISPUTED:
                self.answers = replace(self.answers, disputed=found["disputed"])
            case Question.DISPUTED_AMOUNT if isinstance(form, DisputedAmountForm):
                self.answers = replace(self.answers, disputed=True, disputed_amount=found["disputed_amount"])
                self.disputed, self.disputed_reason = form.chosen, found["disputed_reason"]
            case Question.EXTENSION_ASKED:
                self.answers = replace(self.answers, extension_asked=found["extension"])
            case Question.EXTENSION_TERMS:
                self.answers = replace(
                    self.answers, extension_to=found["extension_to"], instalments=found["instalments"]
                )
            case Question.INSOLVENT:
                self.answers = replace(self.answers, insolvent=found["insolvent"])
            case _:
                self.answers = replace(
                    self.answers, insolvent=True, insolvent_on=found["insolvent_on"], known_on=found["known_on"]
                )

    def _knows_enough(self, act: Act) -> bool:
        answers = self.answers
        enough = {
            Act.EXTENSION: answers.extension_to is not None,
            Act.INSTALMENT_PLAN: bool(answers.instalments),
            Act.DISPUTE: answers.disputed_amount is not None,
            Act.INSOLVENCY_NOTICE: answers.known_on is not None or self.account.insolvency is not None,
        }
        return enough.get(act, True)

    # --- Where it leads -----------------------------------------------------------------------------------------------

    @cached_property
    def act(self) -> Act | None:
        """The act chosen at the end of the path; None before, and for what does not exist."""
        chosen = self.data.get("act", "")
        return Act(chosen) if chosen in {str(each) for each in URGENCY} - {str(Act.NOTHING)} else None

    @cached_property
    def foresight(self) -> Foresight:
        disputed = self.disputed.number if self.disputed else ""
        return Foresight(self.account, self.invoices, self.answers, disputed)

    def foresight_of(self, act: Act, invoices: list[Invoice]) -> Foresight:
        return replace(self.foresight, invoices=invoices)

    def sending(self, act: Act, invoices: list[Invoice], note: str = "") -> Sending:
        """What is sent when the button is pressed."""
        return Sending(act=act.value, invoices=invoices, answers=self.answers_of(act), note=note)

    def answers_of(self, act: Act) -> dict[str, Any]:
        """The answers the act rests on, as a notice keeps them."""
        answers = self.answers
        if act is Act.EXTENSION and answers.extension_to:
            return {"extension_to": answers.extension_to.isoformat()}
        if act is Act.INSTALMENT_PLAN:
            return {"instalments": [[on.isoformat(), str(amount)] for on, amount in answers.instalments]}
        if act is Act.DISPUTE:
            return {"disputed_amount": str(answers.disputed_amount), "disputed_reason": self.disputed_reason}
        if act is Act.INSOLVENCY_NOTICE and answers.insolvent_on and answers.known_on:
            return {"insolvent_on": answers.insolvent_on.isoformat(), "known_on": answers.known_on.isoformat()}
        if act is Act.CLAIM:
            cause = Claim.Cause.INSOLVENCY if self.account.insolvency else Claim.Cause.PROTRACTED_DEFAULT
            return {"cause": cause.value}
        return {}

    def ways(self) -> Iterator[Act]:
        """Every act that could be sent now, most urgent first."""
        settled = self.account.insolvency is not None
        for act in self.foresight.possible():
            if not (act in AGREED and settled):
                yield act

    # --- Addresses ----------------------------------------------------------------------------------------------------

    def address_of(self, act: Act) -> str:
        return self._address([*self.kept, ("act", act.value)])

    @property
    def back(self) -> str:
        """The address of the last question answered; "" on the first."""
        return self.told[-1].again if self.told else ""

    @staticmethod
    def _address(kept: list[tuple[str, str]]) -> str:
        query = QueryDict(mutable=True)
        for name, value in kept:
            query.appendlist(name, value)
        return f"?{query.urlencode()}"


def mark_of(act: Act, foresight: Foresight) -> str:
    """A mark of the effect as it is shown: when it differs at the pressing of the button, it is shown again."""
    shown = [act.value, [each.number for each in foresight.invoices], effects_as_facts(foresight.effects(act))]
    return sha256(json.dumps(shown).encode()).hexdigest()[:16]
