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
"""Actions that start containers and carry condition keys for network, isolation, encryption and run time."""
AUTO_ML: Final = ("sagemaker:CreateAutoMLJob", "sagemaker:CreateAutoMLJobV2")
"""These never carry `sagemaker:NetworkIsolation`."""
