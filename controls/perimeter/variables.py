"""Policy variables of the data perimeter."""

from typing import Final

PRINCIPALS_OWN: Final = "${aws:PrincipalOrgID}"
"""The principal's organization: the document is the same before and after the organization exists."""
