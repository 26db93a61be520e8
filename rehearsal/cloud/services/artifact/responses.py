"""Handles the requests of AWS Artifact."""

from moto.core.responses import BaseResponse


class ArtifactResponse(BaseResponse):
    """The handlers; `registry.add_operations` adds one per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="artifact")
