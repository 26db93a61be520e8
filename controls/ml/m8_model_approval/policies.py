"""Policies of M8: models are approved by the approver role only."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.documents import document, every_allow, no_public_principal
from controls.rules.predicates import present
from controls.rules.sagemaker import SAGEMAKER

GROUP_POLICY: Final = f"{SAGEMAKER}modelPackageGroupPolicy:ModelPackageGroupPolicy"
GROUP: Final = f"{SAGEMAKER}modelPackageGroup:ModelPackageGroup"
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-group-not-public",
        title="Model package groups are shared with named accounts only",
        remedy="Name the principals in resource_policy, or narrow Principal * by aws:PrincipalOrgID.",
        check=on(GROUP_POLICY, document("resourcePolicy", every_allow(no_public_principal))),
    ),
    PolicyRule(
        name="sagemaker-group-described",
        title="Model package groups have a description",
        remedy="Set model_package_group_description: what it predicts, for whom, who answers for it.",
        check=on(GROUP, present("modelPackageGroupDescription")),
    ),
)
