"""The definitions of the steps, one module each."""

import pkgutil
from importlib import import_module

import pytest

from runbooks import steps
from runbooks.situation import ReadinessCheck
from runbooks.step_definition import StepDefinition
from runbooks.steps import STEPS, definition

MODULES = [module.name for module in pkgutil.iter_modules(steps.__path__)]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_defines_one_listed_step(module: str) -> None:
    step = import_module(f"runbooks.steps.{module}").STEP
    assert step in STEPS
    assert step.kind == module.replace("_", "-")
    assert definition(step.kind) is step


def test_every_listed_step_has_a_module() -> None:
    assert len(MODULES) == len(STEPS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.kind)
def test_step_is_complete(step: StepDefinition) -> None:
    assert step.rights
    assert step.operations
    assert step.change.__doc__
    assert len(step.when_repeated) > 20
    assert step.check is None or isinstance(step.check, ReadinessCheck)


def test_checks_of_steps_have_different_names() -> None:
    names = [step.check.name for step in STEPS if step.check]
    assert len(names) == len(set(names))
