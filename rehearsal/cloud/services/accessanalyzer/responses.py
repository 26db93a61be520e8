"""Handles the requests of IAM Access Analyzer."""

from moto.core.responses import BaseResponse


class AccessAnalyzerResponse(BaseResponse):
    """The handlers; `registry.add_operations` adds one per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="accessanalyzer")
