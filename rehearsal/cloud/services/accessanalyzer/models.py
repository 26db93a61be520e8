"""Analyzers of an account or an organisation."""

from typing import Any, Final

from boto3 import Session
from moto.core.base_backend import BackendDict, BaseBackend

Item = dict[str, Any]


class AccessAnalyzerBackend(BaseBackend):
    """The analyzers of an account in a region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.analyzers: dict[str, Item] = {}


accessanalyzer_backends: Final = BackendDict(
    AccessAnalyzerBackend,
    "accessanalyzer",
    use_boto3_regions=False,
    additional_regions=Session().get_available_regions("ec2"),
)
