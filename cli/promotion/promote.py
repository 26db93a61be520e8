"""Promotes a version to an environment, and restores the release before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cli.promotion import artifacts, baselines, images, signatures
from cli.promotion.artifacts import Bucket
from cli.promotion.errors import INTEGRITY, REFUSED, PromotionError
from cli.promotion.images import Repository
from cli.promotion.packages import APPROVED, REJECTED, Package, Packages
from cli.promotion.release_file import Release
from cli.promotion.signatures import TrustPolicy

ORDER: Final = ("dev", "staging", "prod")
"""Environments in the order in which a version passes them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """What a version consists of in one environment."""

    name: str
    packages: Packages
    bucket: Bucket
    repository: Repository
    trust: TrustPolicy | None = None
    """Whose signatures of images are trusted; None: images need no signature."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promoted:
    """A version that can be released."""

    package: Package
    release: Release


def source_of(model: str, environments: Sequence[str], target: str) -> str:
    """The environment that a version comes from: the one before, or the target itself when it is the first.

    Raises:
        PromotionError: the model is not served in the target.
    """
    ordered = [name for name in ORDER if name in environments] + [name for name in environments if name not in ORDER]
    if target not in ordered:
        raise PromotionError(f"{model} is not served in {target!r}. Environments of {model}: {', '.join(ordered)}")
    return ordered[max(ordered.index(target) - 1, 0)]


def promote(
    model: str, source: Environment, target: Environment, version: str | None, message: Callable[[str], None]
) -> Promoted:
    """Copies an approved version to an environment.

    Nothing is written before the version is approved and its artifact, image and baseline are verified.

    Args:
        model: name of the model.
        source: environment that the version comes from; the same as the target for the first environment.
        target: environment that receives it.
        version: the version; None for the newest approved one.
        message: receives messages about the progress.

    Raises:
        PromotionError: the version is unknown or not approved, a digest differs, or the image has no trusted signature.
    """
    package = _approved(source.packages, target.name, version)
    content = artifacts.archive(source.bucket, model, package)
    digest = _serving_image(package)
    if source.repository.manifest(digest) is None:
        raise PromotionError(
            f"The repository {source.repository.name} in {source.name} has no image {digest}. Push it first.", INTEGRITY
        )
    if source.trust is not None:
        signed = source.trust.require(source.repository, digest)
        message(f"image {digest[:19]}… is signed by {signed.profile_version_arn}")
    baseline = baselines.registered(source.bucket, model, package)
    verified = "artifact, image and baseline have" if baseline else "artifact and image have"
    message(f"version {package.version} in {source.name}: {verified} the registered digests")
    key = artifacts.archive_key(model, package.version)
    existing = target.bucket.read(key)
    if existing is None:
        target.bucket.write(key, content)
    elif artifacts.digest(existing) != artifacts.digest(content):
        raise PromotionError(
            f"s3://{target.bucket.name}/{key} has the SHA-256 {artifacts.digest(existing)}, the version in "
            f"{source.name} {artifacts.digest(content)}. Find out who wrote it; a version is never overwritten.",
            INTEGRITY,
        )
    if baseline is None:
        message(
            f"version {package.version} was registered without a baseline: a monitor needs one (docs/monitoring.md)"
        )
    else:
        baselines.copied(target.bucket, model, package.version, baseline)
    if source.name != target.name:
        fetch = source.trust.fetch if source.trust else None
        images.copy(source.repository, target.repository, digest, package.version, fetch)
        if target.trust is not None:
            signatures.copy(source.repository, target.repository, digest, fetch)
            target.trust.require(target.repository, digest)
        package = target.packages.register(package, source.name)
    message(f"version {package.version} is in {target.name}: {package.arn}")
    return Promoted(package=package, release=_release(package, content))


def previous(model: str, environment: Environment, released: str | None) -> Promoted:
    """The release before the current one, verified.

    Args:
        model: name of the model.
        environment: where it is served.
        released: version of the current release; None when there is none.

    Raises:
        PromotionError: there is no earlier version, what it consists of is missing or altered, or the signature of its
            image is not trusted any more.
    """
    packages = environment.packages.all()
    versions = [package.version for package in packages]
    if released is None or released not in versions:
        raise PromotionError(
            f"The release of {model} in {environment.name} ({released or 'none'}) is not in the registry. "
            f"Versions: {', '.join(versions) or 'none'}. Promote one of them instead."
        )
    missing: list[str] = []
    for package in reversed(packages[: versions.index(released)]):
        if package.status == REJECTED:
            continue
        content = environment.bucket.read(artifacts.archive_key(model, package.version))
        if content is None:  # never released here
            missing.append(package.version)
            continue
        artifacts.verify(content, package)
        digest = _serving_image(package)
        if environment.repository.manifest(digest) is None:
            raise PromotionError(f"The image of version {package.version} is gone from {environment.name}.", INTEGRITY)
        if environment.trust is not None:
            environment.trust.require(environment.repository, digest)
        return Promoted(package=package, release=_release(package, content))
    skipped = f" Without an artifact: {', '.join(missing)}." if missing else ""
    raise PromotionError(f"{model} has no release before version {released} in {environment.name}.{skipped}")


def _approved(packages: Packages, target: str, version: str | None) -> Package:
    if version is None:
        approved = [package for package in packages.all() if package.status == APPROVED]
        if not approved:
            raise PromotionError(
                f"{packages.model} has no approved version in {packages.environment}. Approve one first: "
                f"`zone model approve {packages.model} VERSION --in {packages.environment}`",
                REFUSED,
            )
        return approved[-1]
    try:
        package = packages.get(version)
    except PromotionError as error:
        if packages.environment == target:
            raise
        raise PromotionError(
            f"{error} A version reaches {target} from {packages.environment}: promote it there first.", error.exit_code
        ) from None
    if package.status != APPROVED:
        raise PromotionError(
            f"Version {version} of {packages.model} is {package.status} in {packages.environment}, not {APPROVED}. "
            f"Approve it first: `zone model approve {packages.model} {version} --in {packages.environment}`",
            REFUSED,
        )
    return package


def _serving_image(package: Package) -> str:
    digest = package.required("ImageDigest")
    if digest == "unknown":
        raise PromotionError(
            f"{package.arn} was registered without a serving image. Set ml.models.NAME.pipeline.serving_image_digest "
            "in Pulumi.yaml, deploy the stack of the pipeline, and run the pipeline again."
        )
    return digest


def _release(package: Package, content: bytes) -> Release:
    values: Mapping[str, str] = package.properties
    return Release(
        version=package.version,
        image_digest=values["ImageDigest"],
        artifact_sha256=artifacts.digest(content),
        model_sha256=values["ModelSha256"],
    )
