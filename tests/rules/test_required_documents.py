from claims.required_documents import Document, Kind, Missing, Options, completeness, required_documents


def kinds(cause, invoices, options=None):
    return [(one.kind.value, one.invoice) for one in required_documents(cause, invoices, options or Options())]


def test_a_protracted_default_on_two_invoices():
    assert kinds("protracted_default", ["F-1", "F-2"]) == [
        ("order", ""),
        ("terms", ""),
        ("invoice", "F-1"),
        ("delivery", "F-1"),
        ("invoice", "F-2"),
        ("delivery", "F-2"),
        ("statement", ""),
        ("reminder", ""),
        ("bank_details", ""),
    ]


def test_an_insolvency_asks_for_the_proceedings_instead_of_reminders():
    assert kinds("insolvency", ["F-1"]) == [
        ("order", ""),
        ("terms", ""),
        ("invoice", "F-1"),
        ("delivery", "F-1"),
        ("statement", ""),
        ("insolvency", ""),
        ("filed_claim", ""),
        ("bank_details", ""),
    ]


def test_what_was_agreed_and_disputed_adds_its_papers():
    options = Options(retention_of_title=True, instalment_plan=True, disputed=frozenset({"F-2"}))
    added = set(kinds("protracted_default", ["F-1", "F-2"], options)) - set(kinds("protracted_default", ["F-1", "F-2"]))
    assert added == {("retention_of_title", ""), ("acknowledgement", ""), ("dispute", "F-2")}


def test_most_documents_are_there_since_delivery():
    required = required_documents("protracted_default", ["F-1", "F-2"], Options())
    present = {
        Document(Kind.ORDER),
        Document(Kind.TERMS),
        Document(Kind.INVOICE, "F-1"),
        Document(Kind.DELIVERY, "F-1"),
        Document(Kind.INVOICE, "F-2"),
        Document(Kind.STATEMENT),
        Document(Kind.DISPUTE, "F-1"),
    }
    found = completeness(required, present)
    assert (found.done, found.total, found.percentage, found.is_complete) == (6, 9, 66, False)
    assert found.missing == (Missing(Kind.DELIVERY, "F-2"), Missing(Kind.REMINDER, ""), Missing(Kind.BANK_DETAILS, ""))


def test_an_invoice_does_not_stand_in_for_another():
    required = [Document(Kind.INVOICE, "F-1"), Document(Kind.INVOICE, "F-2")]
    assert completeness(required, [Document(Kind.INVOICE, "F-1")]).missing == (Missing(Kind.INVOICE, "F-2"),)


def test_one_document_short_of_many_is_not_yet_a_hundred_percent():
    required = [Document(Kind.INVOICE, f"F-{number}") for number in range(300)]
    assert completeness(required, required[:299]).percentage == 99
    assert completeness(required, required).percentage == 100


def test_nothing_required_is_complete():
    found = completeness([], [])
    assert (found.percentage, found.is_complete) == (100, True)
