"""M11: Feature groups are encrypted with named keys, online and offline."""

from typing import Final

from controls.citations import cite
from controls.ml.keys import absent
from controls.ml.m11_feature_groups.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import PHI

CONTROL: Final = Control(
    id="M11",
    title="Feature groups are encrypted with named keys, online and offline",
    reason="Features derived from patient data are patient data.",
    citations=cite("164.312(a)(2)(iv)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            # Offline stores are asked for always; an online key only where an online store is made.
            Statement(
                sid="M11Offline",
                actions=("sagemaker:CreateFeatureGroup",),
                conditions={"Null": absent("sagemaker:FeatureGroupOfflineStoreKmsKey")},
            ),
            Statement(
                sid="M11Online",
                actions=("sagemaker:CreateFeatureGroup",),
                conditions={
                    "Bool": {"sagemaker:FeatureGroupEnableOnlineStore": "true"},
                    "Null": absent("sagemaker:FeatureGroupOnlineStoreKmsKey"),
                },
            ),
        ),
    ),
    block=POLICIES,
)
