"""SageMaker actions that several guardrails leave out, with the reasons."""

from typing import Final

SCHEDULES: Final = {
    "sagemaker:CreateMonitoringSchedule": "names a job definition; M1Schedules denies a definition of its own",
    "sagemaker:UpdateMonitoringSchedule": "names a job definition; M1Schedules denies a definition of its own",
}
COMPONENTS: Final = {
    "sagemaker:CreateEndpointConfig": "network and isolation are the model's; M1Components denies models without one"
}
UPDATES: Final = {
    "sagemaker:UpdateCluster": "an update that does not mention the key leaves the setting as it is",
    "sagemaker:UpdateDomain": "an update that does not mention the key leaves the setting as it is",
}
