"""The host of IAM Access Analyzer; paths are added with the operations."""

from collections.abc import Callable
from typing import Any

url_bases = [r"https?://access-analyzer\.(.+)\.amazonaws\.com"]
url_paths: dict[str, Callable[..., Any]] = {}
