"""Domains of CodeArtifact, and their repositories."""

from typing import Any, Final

from boto3 import Session
from moto.core.base_backend import BackendDict, BaseBackend
from moto.utilities.tagging_service import TaggingService

Item = dict[str, Any]


class CodeArtifactBackend(BaseBackend):
    """The domains of an account in a region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.domains: dict[str, Item] = {}
        self.repositories: dict[tuple[str, str], Item] = {}
        self.domain_policies: dict[str, Item] = {}
        self.repository_policies: dict[tuple[str, str], Item] = {}
        self.tagger = TaggingService()


codeartifact_backends: Final = BackendDict(
    CodeArtifactBackend,
    "codeartifact",
    use_boto3_regions=False,
    additional_regions=Session().get_available_regions("codeartifact"),
)
