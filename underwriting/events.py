"""What can happen from analysis to guarantee."""

from django.utils.translation import gettext_lazy as _

from journal.recording import announce

ANALYSIS_DONE = announce("analysis.done", _("The buyer was scored: grade %(grade)s"), insured_sees=False)
ANALYSIS_REFERRED = announce(
    "analysis.referred", _("No score could be computed: to be judged by a person"), insured_sees=False
)
GROUP_NOTED = announce("group.noted", _("GLEIF was asked for the buyer's group: %(group)s"), insured_sees=False)
GROUP_WITHOUT_LEI = announce("group.without_lei", _("GLEIF knows no LEI of the buyer"), insured_sees=False)
GROUP_NOT_ANSWERED = announce(
    "group.not_answered", _("GLEIF was asked for the buyer's group and did not answer"), insured_sees=False
)
SECTOR_CHOSEN = announce(
    "sector.chosen", _("The buyer's sector was set to NACE division %(sector)s"), insured_sees=False
)
REGISTER_ACCOUNTS_ADDED = announce(
    "register_accounts.added",
    _("Accounts of %(register)s were added: years to %(years)s"),
    insured_sees=False,
)
OVERRIDE_PROPOSED = announce(
    "override.proposed", _("Grade %(grade)s was proposed in place of %(model_grade)s: %(reason)s"), insured_sees=False
)
OVERRIDE_CONFIRMED = announce(
    "override.confirmed", _("Grade %(grade)s was confirmed by a second person"), insured_sees=False
)
OVERRIDE_REJECTED = announce("override.rejected", _("The proposed grade %(grade)s was rejected"), insured_sees=False)
NOTICES_FOUND = announce(
    "registers.notices_found", _("%(source)s: legal notices new to us (%(count)s)"), insured_sees=False
)
NOTICE_CONFIRMED = announce(
    "registers.notice_confirmed",
    _("Legal notice %(notice)s (%(source)s) was confirmed to be about the buyer: %(reason)s"),
    insured_sees=False,
)
NOTICE_DISMISSED = announce(
    "registers.notice_dismissed",
    _("Legal notice %(notice)s (%(source)s) was set aside: %(reason)s"),
    insured_sees=False,
)
CHECK_RECORDED = announce(
    "registers.check_recorded", _("A check by hand was recorded: %(register)s"), insured_sees=False
)
INSOLVENCY_NOTED = announce(
    "insolvency.noted",
    _("Insolvency proceedings on the buyer since %(since)s were noted: %(reference)s"),
    insured_sees=False,
)
INSOLVENCY_ENDED = announce(
    "insolvency.ended",
    _("Insolvency proceedings on the buyer are no longer counted: %(reference)s"),
    insured_sees=False,
)
OFFER_PREPARED = announce(
    "offer.prepared",
    _("Offer %(number)s was prepared beyond the author's authority; it awaits a second signature"),
    insured_sees=False,
)
OFFER_RETURNED = announce("offer.returned", _("Offer %(number)s was returned: %(reason)s"), insured_sees=False)
OFFER_MADE = announce(
    "offer.made",
    _("Offer %(number)s was made: limit %(limit)s, premium %(to_pay)s, valid until %(valid_until)s"),
)
OFFER_SUPERSEDED = announce("offer.superseded", _("Offer %(number)s was replaced"))
OFFER_REFUSED = announce("offer.refused", _("Offer %(number)s was refused: %(reason)s"))
OFFER_EXPIRED = announce("offer.expired", _("Offer %(number)s expired"))
OFFER_ACCEPTED = announce("offer.accepted", _("Offer %(number)s was accepted: guarantee %(guarantee)s is bound"))
CONDITION_MET = announce("guarantee.condition_met", _("Condition met: %(condition)s (%(proof)s)"))
GUARANTEE_IN_FORCE = announce("guarantee.in_force", _("Guarantee %(number)s is in force"))
GUARANTEE_NOT_TAKEN_UP = announce("guarantee.not_taken_up", _("Guarantee %(number)s was not taken up: %(reason)s"))
GUARANTEE_RUN_OFF = announce("guarantee.run_off", _("Guarantee %(number)s covers no further deliveries: %(reason)s"))
GUARANTEE_CLOSED = announce("guarantee.closed", _("Guarantee %(number)s was closed: %(reason)s"))
CERTIFICATE_ISSUED = announce(
    "certificate.issued", _("Certificate of %(number)s, version %(version)s (%(language)s), was issued")
)
SANCTIONS_LIST_LOADED = announce(
    "sanctions.list_loaded",
    _("%(title)s: %(added)s added, %(changed)s changed, %(removed)s removed, %(entries)s in all"),
    insured_sees=False,
)
MATCH_FOUND = announce(
    "screening.match_found",
    _("Possible match with a sanctions list (%(list)s): %(party)s, listed as %(entry)s"),
    insured_sees=False,
)
MATCHES_AWAIT = announce(
    "screening.matches_await", _("%(party)s may be on a sanctions list: %(entries)s"), insured_sees=False
)
MATCH_CLEARED = announce(
    "screening.match_cleared",
    _("Compliance cleared %(party)s: not %(entry)s (%(list)s). %(reason)s"),
    insured_sees=False,
)
MATCH_CONFIRMED = announce(
    "screening.match_confirmed",
    _("Compliance confirmed that %(party)s is %(entry)s (%(list)s). %(reason)s"),
    insured_sees=False,
)
MATCH_ENDED = announce(
    "screening.match_ended", _("%(party)s is no longer found on %(list)s as %(entry)s"), insured_sees=False
)
PERSON_ADDED = announce("buyer.person_added", _("%(name)s was noted as %(position)s of the buyer"), insured_sees=False)
PERSON_ENDED = announce(
    "buyer.person_ended", _("%(name)s is no longer noted as %(position)s of the buyer"), insured_sees=False
)
