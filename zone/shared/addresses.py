"""Address ranges with a fixed meaning."""

from typing import Final

PRIVATE: Final = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
"""Addresses that are not the internet: no default route may carry them (RFC 1918, RFC 6598)."""
