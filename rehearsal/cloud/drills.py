"""Operations of the emulated AWS that drills use: run containers, resolve names, list requests."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.cloud.calls import Call
from rehearsal.cloud.cloud import Cloud


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A repository of the emulated registry, and the command that its images are on this machine."""

    repository: str
    command: Sequence[str]
    """Gets `--model FOLDER --host ADDRESS`, the model's environment and SAGEMAKER_BIND_TO_PORT."""
    delay: float = 0.0
    """Seconds that its containers take longer to come up."""


def host(cloud: Cloud, image: Image) -> None:
    """Run a container for endpoints with this image."""
    cloud.command("host", repository=image.repository, argv=list(image.command), delay=image.delay)


def resolve(cloud: Cloud, account: str, name: str) -> Sequence[str]:
    """Resolve a name as Route 53 does in a VPC of the account.

    Raises:
        CloudError: no zone of the account has the name.
    """
    return list(cloud.command("resolve", account=account, name=name))


def record_calls(cloud: Cloud) -> None:
    """Begin to keep every request that arrives."""
    cloud.command("record-calls")


def calls(cloud: Cloud) -> Sequence[Call]:
    """The requests since `record_calls`."""
    return [Call(**entry) for entry in cloud.command("calls")]
