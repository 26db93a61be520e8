"""Type tokens of SageMaker resources that several controls check, and the parts they have in common."""

from typing import Final

from controls.rules.predicates import all_of, each
from controls.rules.values import Rule

SAGEMAKER: Final = "aws:sagemaker/"
MODEL: Final = f"{SAGEMAKER}model:Model"
TRAINING: Final = f"{SAGEMAKER}trainingJob:TrainingJob"
TUNING: Final = f"{SAGEMAKER}hyperParameterTuningJob:HyperParameterTuningJob"
DATA_QUALITY: Final = f"{SAGEMAKER}dataQualityJobDefinition:DataQualityJobDefinition"
NOTEBOOK: Final = f"{SAGEMAKER}notebookInstance:NotebookInstance"
DOMAIN: Final = f"{SAGEMAKER}domain:Domain"
ENDPOINT_CONFIGURATION: Final = f"{SAGEMAKER}endpointConfiguration:EndpointConfiguration"


def job_definitions(inner: Rule) -> Rule:
    """The rule holds for every training job definition of a tuning job."""
    return all_of(each("trainingJobDefinition", inner), each("trainingJobDefinitions", inner))
