"""Mistakes in the key `ml.studio` are reported with key, value and what is allowed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.zone.test_settings import ROOT, Tree, account, edited, refused
from zone.plan import graph, make_plan
from zone.settings import files, parse_settings
from zone.shared.studio import profile_name

STUDIO: dict[str, Any] = files.read(ROOT, "organization").values["ml"]["studio"]


def studio(**changes: Any) -> Callable[[Tree], object]:
    return lambda values: values["ml"].update(studio={**STUDIO, **changes})


def both(*changes: Callable[[Tree], object]) -> Callable[[Tree], object]:
    return lambda values: [change(values) for change in changes]


WRONG: dict[str, tuple[Callable[[Tree], object], list[str]]] = {
    "production": (
        studio(environments=["prod"]),
        ["ml.studio.environments.0: 'prod' is production, where M9 allows no Studio; allowed: dev, staging"],
    ),
    "no environment": (studio(environments=[]), ["ml.studio.environments: []"]),
    "an unknown environment": (
        studio(environments=["stagin"]),
        ["ml.studio.environments.0: no environment 'stagin'", "'staging'", "allowed: dev, staging"],
    ),
    "an environment named twice": (
        studio(environments=["staging", "staging"]),
        ["ml.studio.environments.1: 'staging' is named twice; allowed: once"],
    ),
    "an environment without a network": (
        both(studio(environments=["dev"]), account("ml-dev", networks={})),
        ["ml.studio.environments.0: the account 'ml-dev' has no network in us-east-1"],
    ),
    "members of an unknown team": (
        studio(members={"cardiolgy": ["ada"]}),
        ["ml.studio.members.cardiolgy: no team 'cardiolgy'", "'cardiology'", "allowed: cardiology, oncology"],
    ),
    "a person in two teams": (
        studio(members={"cardiology": ["ada.l"], "oncology": ["ada-l"]}),
        ["ml.studio.members.oncology.0: a second profile 'ada-l'", "allowed: each user in one team"],
    ),
    "a user name with a space": (
        studio(members={"cardiology": ["Ada Lovelace"]}),
        ["ml.studio.members.cardiology.0: 'Ada Lovelace'", "1 to 63 letters, digits and ._@+-"],
    ),
    "an instance type that M7 denies": (
        studio(instance_types=["ml.p5.48xlarge"]),
        ["ml.studio.instance_types.0: 'ml.p5.48xlarge' is denied by M7; allowed: ml.c5.*"],
    ),
    "an instance type of another service": (
        studio(instance_types=["t3.medium"]),
        ["ml.studio.instance_types.0: 't3.medium'", "an instance type such as ml.m5.large"],
    ),
    "a shorter time than SageMaker offers": (
        studio(idle_minutes=30),
        ["ml.studio.idle_minutes: 30", "greater than or equal to 60"],
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_domain_is_refused(wrong: str) -> None:
    change, words = WRONG[wrong]
    message = refused(change)
    assert not [word for word in words if word not in message], message


def test_studio_without_models_needs_the_data_of_its_environment() -> None:
    plan = make_plan(parse_settings(edited(studio(environments=["dev", "staging"])), {}))
    assert not plan.environments["dev"].models
    assert f"{graph.DATA}dev" in plan.stacks.needs_of("ml-dev")
    without = make_plan(parse_settings(edited(studio()), {}))
    assert f"{graph.DATA}dev" not in without.stacks.needs_of("ml-dev")


@pytest.mark.parametrize(
    ("user", "profile"),
    [("ada", "ada"), ("ada.lovelace@hospital.example", "ada-lovelace-hospital-example"), ("a__b", "a-b")],
)
def test_profile_names_have_letters_digits_and_single_hyphens(user: str, profile: str) -> None:
    assert profile_name(user) == profile


def test_profile_name_ends_with_a_letter_or_digit() -> None:
    assert profile_name("a" * 62 + ".b") == "a" * 62
