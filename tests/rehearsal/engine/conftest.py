from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.engine.engine_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    instance = Bench(tmp_path)
    yield instance
    instance.close()
