"""The desk's lists: files that lead to their pages, what is known of buyers, the dated terms of prices and scores."""

from django.contrib import admin

from underwriting import desk_urls
from underwriting.admin import buyers, files, scoring_terms, terms

__all__ = ["buyers", "files", "scoring_terms", "terms"]

admin.site.add_pages(desk_urls.PAGES)  # type: ignore[attr-defined]
