"""Where a person's work begins."""

from parties.models import User


def landing_page(user: User) -> str:
    """The name of the page a person sees after signing in: the desk, the bank's room, or the company's requests."""
    if user.is_staff:
        return "admin:index"
    if user.bank_ids:
        return "guarantees"
    return "requests" if user.membership else "account"
