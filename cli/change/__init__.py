"""A change as one pull-request comment: its resources, its risks, and the violations that block it."""
