"""Adding accounts of a register to a file: the file of the register is shown as it was read, then kept."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parties.models import Buyer
from parties.visitors import SignedInRequest
from underwriting.actions.register_accounts import add_register_accounts
from underwriting.desk_file import back, file_of, page
from underwriting.dossier import Dossier
from underwriting.register_files import Reading, read_file, registers_of, signed, tables, unsigned
from underwriting.sources.filing import BadPayload
from underwriting.sources.inline import LARGEST_BYTES
from unlockfocus.errors import BusinessRule


class RegisterFileForm(forms.Form):
    """Which register, and the file that was saved from it."""

    register = forms.ChoiceField(label=gettext_lazy("Register"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File, as the register gives it"),
        help_text=gettext_lazy("At most 8 MB. You see how each line is read before anything is kept."),
    )

    def __init__(self, *args: Any, buyer: Buyer, **options: Any) -> None:
        super().__init__(*args, **options)
        registers = registers_of(buyer)
        field = self.fields["register"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(source, register.label) for source, register in registers.items()]
        if len(registers) == 1:
            field.initial = next(iter(registers))


def register_accounts(request: SignedInRequest, reference: str) -> HttpResponse:
    """A file of a register: chosen, shown line by line, kept on the second step."""
    shown = file_of(request, reference, "register_accounts")
    buyer = shown.request.buyer
    assert buyer is not None  # noqa: S101 - else the ability is missing
    if request.method == "POST" and request.POST.get("act") == "keep":
        return _keep(request, shown, buyer)
    form = RegisterFileForm(request.POST or None, request.FILES or None, buyer=buyer)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, shown, buyer, form)
    file, source = form.cleaned_data["file"], form.cleaned_data["register"]
    content = file.read(LARGEST_BYTES + 1)
    try:
        reading = read_file(buyer, source, content, shown.today)
    except BadPayload as refusal:
        form.add_error("file", _("This file is refused: %(reason)s") % {"reason": str(refusal)})
        return _ask(request, shown, buyer, form)
    token = signed(reading, buyer, source, content, name=file.name or "", at=shown.now) if reading.filings else ""
    return _show(request, shown, reading, {"file_name": file.name, "token": token, "buyer": buyer})


def _ask(request: SignedInRequest, shown: Dossier, buyer: Buyer, form: RegisterFileForm) -> HttpResponse:
    context = {"title": _("Add accounts from a register"), "form": form, "buyer": buyer}
    return page(request, "register_accounts", shown, context, status=422 if form.is_bound else 200)


def _show(request: SignedInRequest, shown: Dossier, reading: Reading, context: dict[str, Any]) -> HttpResponse:
    context |= {"title": _("How the file was read"), "reading": reading, "tables": tables(reading)}
    return page(request, "register_preview", shown, context)


def _keep(request: SignedInRequest, shown: Dossier, buyer: Buyer) -> HttpResponse:
    found = unsigned(request.POST.get("token", ""), buyer, at=shown.now)
    form = RegisterFileForm({}, buyer=buyer)
    if found is None:
        form.errors.clear()
        form.add_error(None, _("What was shown is too old, or is not what is sent back. Choose the file again."))
        return _ask(request, shown, buyer, form)
    filings, origin = found
    try:
        add_register_accounts(shown.request.pk, filings, origin=origin, by=request.user, at=shown.now)
    except BusinessRule as refusal:
        form.errors.clear()
        form.add_error(None, str(refusal))
        return _ask(request, shown, buyer, form)
    return back(request, shown, _("The accounts are kept. Score the buyer again to use them."))
