"""The environment that an OU's name states."""

import pytest

from controls.environments import contradicts, environment_of


@pytest.mark.parametrize(
    ("unit", "environment"),
    [
        ("Workloads/ML-Prod", "prod"),
        ("Workloads/Production", "prod"),
        ("workloads/ml_prod", "prod"),
        ("HIS/HIS-Non-Prod", "dev"),
        ("HIS/NonProd", "dev"),
        ("EIS/EIS-Staging", "staging"),
        ("EIS/Pre-Production", "staging"),
        ("Workloads/ML-Dev", "dev"),
        ("Sandbox", "sandbox"),
        ("Sandbox/Prod", "sandbox"),
        ("Infrastructure/Prod", "infrastructure"),
        ("Security/Prod", "security"),
        ("Policy-Staging", "test"),
        ("Policy-Staging/Prod", "test"),
        ("Prod/Clinic", "prod"),
        ("Prod/Dev", "dev"),
        ("Workloads", ""),
        ("Products/Devices", ""),
        ("", ""),
    ],
)
def test_environment_is_stated_by_words_of_the_path(unit: str, environment: str) -> None:
    assert environment_of(unit) == environment


@pytest.mark.parametrize(
    ("stated", "environment", "expected"),
    [
        ("prod", "prod", False),
        ("prod", "sandbox", True),
        ("dev", "prod", True),
        ("", "dev", False),
        ("", "prod", True),
        ("", "sandbox", True),
        ("prod", "infrastructure", False),
    ],
)
def test_environment_of_a_resource_contradicts_that_of_its_ou(stated: str, environment: str, expected: bool) -> None:
    assert contradicts(stated, environment) is expected
