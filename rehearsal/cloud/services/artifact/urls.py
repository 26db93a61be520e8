"""The host of AWS Artifact; paths are added with the operations."""

from collections.abc import Callable
from typing import Any

url_bases = [r"https?://artifact\.(.+)\.amazonaws\.com"]
url_paths: dict[str, Callable[..., Any]] = {}
