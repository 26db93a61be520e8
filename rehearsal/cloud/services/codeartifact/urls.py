"""The host of CodeArtifact; paths are added with the operations."""

from collections.abc import Callable
from typing import Any

url_bases = [r"https?://codeartifact\.(.+)\.amazonaws\.com"]
url_paths: dict[str, Callable[..., Any]] = {}
