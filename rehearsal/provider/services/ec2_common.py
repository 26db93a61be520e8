"""Declarations that all EC2 types share: tagging and ARNs."""

from collections.abc import Mapping
from typing import Final

from rehearsal.provider.vocabulary import Tagging

TAGS: Final = Tagging(add="create_tags", remove="delete_tags")
"""Tags come back with the resource itself."""


def arn(kind: str) -> Mapping[str, str]:
    """Return the template of an ARN. EC2 does not return the ARNs of most resources."""
    return {"arn": f"arn:aws:ec2:{{region}}:{{accountId}}:{kind}/{{id}}"}
