"""Condition keys of SageMaker for the customer metadata of model packages.

Source: Service Authorization Reference, "Condition keys for Amazon SageMaker".
"""

from collections.abc import Mapping, Sequence
from typing import Final

from moto.sagemaker.models import sagemaker_backends

from rehearsal.cloud.authorization.entities import parse_arn
from rehearsal.cloud.requests import ParsedRequest

REQUESTED: Final = "sagemaker:customermetadataproperties"
CURRENT: Final = "sagemaker:currentcustomermetadataproperties"


def metadata(request: ParsedRequest, arn: str, prefix: str, key: str) -> Sequence[str] | None:
    """The value of a metadata property.

    Args:
        request: the request.
        arn: ARN of the model package.
        prefix: REQUESTED for the properties in the request, or CURRENT for those that the package has.
        key: name of the property; upper and lower case are the same.

    Returns:
        The value; None when there is no such property.
    """
    properties = request.parameters.get("CustomerMetadataProperties") if prefix == REQUESTED else _current(arn)
    values: Mapping[str, str] = properties or {}
    return next(([str(value)] for name, value in values.items() if name.lower() == key.lower()), None)


def _current(arn: str) -> Mapping[str, str]:
    parts = parse_arn(arn)
    if parts is None:
        return {}
    packages = sagemaker_backends[parts.account][parts.region].model_packages.values()
    package = next((package for package in packages if package.arn == arn), None)
    return (package.customer_metadata_properties or {}) if package is not None else {}
