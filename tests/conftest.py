"""Settings of all tests: property-based tests judge properties, never time; emulated clouds share what they load."""

import gc
import os
from functools import cache
from pathlib import Path

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

from rehearsal.cloud.cloud import PRELOADED
from rehearsal.preload import GC_THRESHOLD, Preload

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

TESTS = Path(__file__).parent
WITH_CLOUDS = frozenset({"cli", "drills", "end_to_end", "inspection", "operations", "rehearsal", "runbooks"})
"""Folders of tests that start emulated clouds."""

gc.set_threshold(GC_THRESHOLD)
_load_file = JSONFileLoader().load_file
JSONFileLoader.load_file = cache(lambda _, file_path: _load_file(file_path))
"""Service models of botocore, which sessions read and do not change: moto and each `boto3.Session` load them again."""


def pytest_collection_finish() -> None:
    """Exempt modules and collected tests from garbage collection: they live until the end."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.path.relative_to(TESTS).parts[0] in WITH_CLOUDS:
        _preload()


def pytest_unconfigure() -> None:
    if _preload.cache_info().currsize:
        os.environ.pop(PRELOADED, None)
        _preload().close()


@cache
def _preload() -> Preload:
    """Start the process that forks this run's emulated clouds; it loads in the background."""
    process = Preload(["rehearsal.cloud.loaded:load"])
    os.environ[PRELOADED] = str(process.socket)
    return process
