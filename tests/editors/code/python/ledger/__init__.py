"""A ledger of a small shop: what was booked, and what it sums up to."""
