"""A change as one pull-request comment: what it does, what is risky about it, and what blocks it."""
