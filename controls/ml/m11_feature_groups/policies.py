"""Policies of M11: feature groups are encrypted with named keys, online and offline."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import if_present, present
from controls.rules.sagemaker import SAGEMAKER

FEATURE_GROUP: Final = f"{SAGEMAKER}featureGroup:FeatureGroup"
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-feature-online-key",
        title="Online feature stores are encrypted with a named key",
        remedy="Set online_store_config.security_config.kms_key_id.",
        check=on(FEATURE_GROUP, if_present("onlineStoreConfig", present("onlineStoreConfig.securityConfig.kmsKeyId"))),
    ),
    PolicyRule(
        name="sagemaker-feature-offline-key",
        title="Offline feature stores are encrypted with a named key",
        remedy="Set offline_store_config.s3_storage_config.kms_key_id.",
        check=on(
            FEATURE_GROUP, if_present("offlineStoreConfig", present("offlineStoreConfig.s3StorageConfig.kmsKeyId"))
        ),
    ),
    PolicyRule(
        name="sagemaker-feature-described",
        title="Feature groups have a description",
        remedy="Set description: source, unit of observation, whether it is de-identified.",
        check=on(FEATURE_GROUP, present("description")),
    ),
)
