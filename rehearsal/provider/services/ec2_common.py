"""What all types of EC2 have in common: tags by one operation for everything, ARNs."""

from collections.abc import Mapping
from typing import Final

from rehearsal.provider.vocabulary import Tagging

TAGS: Final = Tagging(add="create_tags", remove="delete_tags")
"""Tags come back with the resource itself."""


def arn(kind: str) -> Mapping[str, str]:
    """The template of an ARN, which EC2 does not return for most resources."""
    return {"arn": f"arn:aws:ec2:{{region}}:{{accountId}}:{kind}/{{id}}"}
