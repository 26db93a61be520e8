"""Collected only in the environment of the monitors."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("evidently") is not None else ["test_*.py"]
