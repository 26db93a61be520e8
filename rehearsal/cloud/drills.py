"""Operations of the emulated AWS that drills use: run containers, resolve names, list requests."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """Where the image and the artifact of a released model version are published."""

    account: str
    """Account of repository and bucket, 12 digits."""
    region: str
    """Region of the repository."""
    repository: str
    digest: str
    """Digest of the image, `sha256:` and 64 hexadecimal digits."""
    tag: str
    bucket: str
    key: str
    """Key of the artifact in the bucket."""


def publish(cloud: Cloud, publication: Publication) -> bool:
    """Publish stand-ins for the image and the artifact of a model version, unless they exist.

    Returns:
        Whether the artifact is a stand-in that was published now.

    Raises:
        CloudError: the registry has no such repository.
    """
    return bool(cloud.command("publish", **asdict(publication)))


def has_object(cloud: Cloud, bucket: str, key: str) -> bool:
    """Return whether a bucket has an object.

    Raises:
        CloudError: the bucket does not exist.
    """
    return bool(cloud.command("has-object", bucket=bucket, key=key))


def resolve(cloud: Cloud, account: str, name: str) -> Sequence[str]:
    """Resolve a name as Route 53 does in a VPC of the account.

    Raises:
        CloudError: no zone of the account has the name.
    """
    return list(cloud.command("resolve", account=account, name=name))


def signing_root(cloud: Cloud) -> str:
    """Return the root certificate of the emulated AWS Signer, PEM."""
    return str(cloud.command("signing-root"))


def interrupt_spot(cloud: Cloud, region: str, times: int = 1) -> None:
    """Interrupt the next starts of training jobs on spot instances, each after its first checkpoint is in S3.

    Args:
        cloud: the emulated AWS.
        region: region of the jobs.
        times: number of starts; 0 takes interruptions out that were planted before.
    """
    cloud.command("interrupt-spot", region=region, times=times)


def record_calls(cloud: Cloud) -> None:
    """Begin to keep every request that arrives."""
    cloud.command("record-calls")


def calls(cloud: Cloud) -> Sequence[Call]:
    """The requests since `record_calls`."""
    return [Call(**entry) for entry in cloud.command("calls")]
