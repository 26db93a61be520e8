"""`zone audit` warns when the list of HIPAA-eligible services is old."""

from datetime import timedelta

import pytest

from cli import audit
from controls.data.d8_eligible_services import control as d8


@pytest.mark.parametrize(("age", "warns"), [(d8.MAXIMUM_AGE_DAYS, False), (d8.MAXIMUM_AGE_DAYS + 1, True)])
def test_old_list_of_eligible_services_is_reported(age: int, warns: bool, capsys: pytest.CaptureFixture[str]) -> None:
    audit._warn_of_a_stale_list(d8.READ_ON + timedelta(days=age))  # pyright: ignore[reportPrivateUsage]
    assert ("HIPAA-eligible services (D8)" in capsys.readouterr().err) is warns
