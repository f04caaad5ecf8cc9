"""Filings of public registers read into statements. Pure, and distrustful."""
