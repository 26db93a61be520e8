"""A resource whose tags are unknown in a preview is undecided: it is neither a violation nor compliant."""

import pytest

from controls.registry import CONTROLS
from controls.rules import UNKNOWN, Undecided, tokens
from controls.rules.checks import OnStack, Stack
from controls.rules.resources import Resource
from controls.rules.values import ABSENT
from policies.configuration import Parameters

BY_CLASSIFICATION = ("s3-phi-replicated", "s3-phi-right-key", "data-covered")
PHI_BY_DEFAULT = {"region": "us-east-1", "defaultTags": {"tags": {"data-classification": "phi"}}}
RULES = {rule.name: rule for control in CONTROLS.values() for rule in control.block}


def bucket(tags: object) -> Resource:
    return Resource(
        type=tokens.BUCKETS[0], name="logs", urn="urn:logs", props={"tags": tags}, provider=PHI_BY_DEFAULT, protect=True
    )


def test_own_tag_overrides_the_default_tag_of_the_provider() -> None:
    assert bucket({"data-classification": "records"}).tag("data-classification") == "records"
    assert bucket({"other": "x"}).tag("data-classification") == "phi"
    assert bucket({"other": "x"}).tag("missing") is ABSENT


def test_default_tag_is_ignored_while_own_tags_are_unknown() -> None:
    assert bucket(UNKNOWN).tag("data-classification") is UNKNOWN


@pytest.mark.parametrize("name", BY_CLASSIFICATION)
def test_policies_by_classification_are_undecided_for_unknown_tags(name: str) -> None:
    check = RULES[name].check
    assert isinstance(check, OnStack)
    findings = [problem for _, problem in check.check(Stack([bucket(UNKNOWN)]), Parameters())]
    assert findings
    assert all(isinstance(problem, Undecided) for problem in findings)


def test_patient_data_without_replication_is_a_violation() -> None:
    check = RULES["s3-phi-replicated"].check
    assert isinstance(check, OnStack)
    (finding,) = check.check(Stack([bucket({})]), Parameters())
    assert not isinstance(finding[1], Undecided)
