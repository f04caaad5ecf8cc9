"""The fifth stage: the unpaid invoice, its collection and its indemnity."""
