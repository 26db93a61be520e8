"""Handles the requests of CodeArtifact."""

from moto.core.responses import BaseResponse


class CodeArtifactResponse(BaseResponse):
    """The handlers; `registry.add_operations` adds one per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="codeartifact")
