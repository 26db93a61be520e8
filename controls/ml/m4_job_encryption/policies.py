"""Policies of M4: volumes and outputs of jobs, endpoints and notebooks are encrypted with a named key."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Problem, Props
from controls.rules.checks import on
from controls.rules.predicates import equals, if_present, present
from controls.rules.sagemaker import (
    DATA_QUALITY,
    DOMAIN,
    ENDPOINT_CONFIGURATION,
    NOTEBOOK,
    SAGEMAKER,
    TRAINING,
    TUNING,
    job_definitions,
)
from controls.rules.values import UNKNOWN, lookup

LABELING: Final = f"{SAGEMAKER}labelingJob:LabelingJob"
CARD: Final = f"{SAGEMAKER}modelCard:ModelCard"
FLOW: Final = f"{SAGEMAKER}flowDefinition:FlowDefinition"


def _sharing_is_encrypted(props: Props) -> Iterator[Problem]:
    sharing = "defaultUserSettings.sharingSettings"
    if lookup(props, f"{sharing}.notebookOutputOption") in ("Allowed", UNKNOWN):
        yield from present(f"{sharing}.s3KmsKeyId")(props)


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-endpoint-key",
        title="Endpoint volumes are encrypted with a named key",
        remedy="Set kms_key_arn on the endpoint configuration.",
        check=on(ENDPOINT_CONFIGURATION, present("kmsKeyArn")),
    ),
    PolicyRule(
        name="sagemaker-capture-key",
        title="Captured requests are encrypted with a named key",
        remedy="Set data_capture_config.kms_key_id.",
        check=on(ENDPOINT_CONFIGURATION, if_present("dataCaptureConfig", present("dataCaptureConfig.kmsKeyId"))),
    ),
    PolicyRule(
        name="sagemaker-async-key",
        title="Asynchronous results are encrypted with a named key",
        remedy="Set async_inference_config.output_config.kms_key_id.",
        check=on(
            ENDPOINT_CONFIGURATION,
            if_present("asyncInferenceConfig", present("asyncInferenceConfig.outputConfig.kmsKeyId")),
        ),
    ),
    PolicyRule(
        name="sagemaker-training-volume-key",
        title="Training volumes are encrypted with a named key",
        remedy="Set resource_config.volume_kms_key_id.",
        check=on(TRAINING, present("resourceConfig.volumeKmsKeyId")),
    ),
    PolicyRule(
        name="sagemaker-training-output-key",
        title="Model artifacts are encrypted with a named key",
        remedy="Set output_data_config.kms_key_id.",
        check=on(TRAINING, present("outputDataConfig.kmsKeyId")),
    ),
    PolicyRule(
        name="sagemaker-tuning-keys",
        title="Tuning volumes and artifacts are encrypted with named keys",
        remedy=(
            "Set resource_config.volume_kms_key_id and output_data_config.kms_key_id in the training job definition."
        ),
        check=on(TUNING, job_definitions(present("resourceConfig.volumeKmsKeyId", "outputDataConfig.kmsKeyId"))),
    ),
    PolicyRule(
        name="sagemaker-data-quality-keys",
        title="Volumes and results of data-quality jobs are encrypted with named keys",
        remedy="Set job_resources.cluster_config.volume_kms_key_id and data_quality_job_output_config.kms_key_id.",
        check=on(
            DATA_QUALITY,
            present("jobResources.clusterConfig.volumeKmsKeyId", "dataQualityJobOutputConfig.kmsKeyId"),
        ),
    ),
    PolicyRule(
        name="sagemaker-notebook-key",
        title="Notebook volumes are encrypted with a named key",
        remedy="Set kms_key_id.",
        check=on(NOTEBOOK, present("kmsKeyId")),
    ),
    PolicyRule(
        name="sagemaker-domain-key",
        title="A Studio domain's file system is encrypted with a named key",
        remedy="Set kms_key_id.",
        check=on(DOMAIN, present("kmsKeyId")),
    ),
    PolicyRule(
        name="sagemaker-labeling-key",
        title="Labelling results are encrypted with a named key",
        remedy="Set output_config.kms_key_id.",
        check=on(LABELING, present("outputConfig.kmsKeyId")),
    ),
    PolicyRule(
        name="sagemaker-card-key",
        title="Model cards are encrypted with a named key",
        remedy="Set security_config.kms_key_id.",
        check=on(CARD, present("securityConfig.kmsKeyId")),
    ),
    PolicyRule(
        name="sagemaker-flow-key",
        title="Results of human review are encrypted with a named key",
        remedy="Set output_config.kms_key_id.",
        check=on(FLOW, present("outputConfig.kmsKeyId")),
    ),
    PolicyRule(
        name="sagemaker-sharing-key",
        title="Notebooks that Studio users share are encrypted with a named key, or not shared",
        remedy="Set default_user_settings.sharing_settings.s3_kms_key_id, or notebook_output_option to Disabled.",
        check=on(DOMAIN, _sharing_is_encrypted),
    ),
    PolicyRule(
        name="sagemaker-capture-on",
        title="Endpoint configurations capture requests and responses for monitoring",
        remedy="Set data_capture_config with enable_capture=True for Input and Output.",
        check=on(ENDPOINT_CONFIGURATION, equals("dataCaptureConfig.enableCapture", True, default=False)),
    ),
)
