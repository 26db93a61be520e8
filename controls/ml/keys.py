"""The condition keys of SageMaker that AWS renamed."""

from collections.abc import Mapping


def absent(key: str) -> Mapping[str, str]:
    """Return the `Null` condition that holds when a request carries a key under neither of its names.

    AWS deprecated the keys with the suffix `KmsKey` in favour of `KmsKeyArn` and sends one of the two (Service
    Authorization Reference, "Actions, resources, and condition keys for Amazon SageMaker").

    Args:
        key: former name, for example `sagemaker:VolumeKmsKey`.
    """
    return {key: "true", f"{key}Arn": "true"}
