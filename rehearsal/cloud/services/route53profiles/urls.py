"""The host of Route 53 Profiles; paths are added with the operations."""

from collections.abc import Callable
from typing import Any

url_bases = [r"https?://route53profiles\.(.+)\.amazonaws\.com"]
url_paths: dict[str, Callable[..., Any]] = {}
