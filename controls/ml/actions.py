"""SageMaker actions that several guardrails name."""

from typing import Final

JOBS: Final = (
    "sagemaker:CreateDataQualityJobDefinition",
    "sagemaker:CreateHyperParameterTuningJob",
    "sagemaker:CreateModelBiasJobDefinition",
    "sagemaker:CreateModelExplainabilityJobDefinition",
    "sagemaker:CreateModelQualityJobDefinition",
    "sagemaker:CreateMonitoringSchedule",
    "sagemaker:CreateProcessingJob",
    "sagemaker:CreateTrainingJob",
)
"""What runs a container and carries network, isolation, encryption, key and run-time keys alike."""
AUTO_ML: Final = ("sagemaker:CreateAutoMLJob", "sagemaker:CreateAutoMLJobV2")
"""These never carry `sagemaker:NetworkIsolation`."""
