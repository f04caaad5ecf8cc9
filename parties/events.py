"""What can happen to a company and its people."""

from django.utils.translation import gettext_lazy as _

from journal.recording import announce

COMPANY_SIGNED_UP = announce("company.signed_up", _("%(company)s signed up"))
COLLEAGUE_INVITED = announce("company.colleague_invited", _("%(email)s was invited"))
COLLEAGUE_JOINED = announce("company.colleague_joined", _("%(email)s joined the team"))
INVITATION_WITHDRAWN = announce("company.invitation_withdrawn", _("The invitation of %(email)s was withdrawn"))
COLLEAGUE_REMOVED = announce("company.colleague_removed", _("%(email)s left the team"))
