"""A version moves from one account to the next with its digests; nothing is written when anything is wrong."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.promotion import artifacts, baselines
from cli.promotion.artifacts import Bucket
from cli.promotion.errors import BAD_INPUT, INTEGRITY, REFUSED, PromotionError
from cli.promotion.images import Repository
from cli.promotion.packages import Packages
from cli.promotion.promote import Environment, previous, promote, source_of
from rehearsal.cloud import Cloud, Credentials, Endpoints
from tests.workloads.trained import save
from workloads.pipeline.artifacts import folder_digest
from workloads.pipeline.definitions import LENGTH_OF_STAY
from workloads.serving.model import load

EAST, ACCOUNT = "us-east-1", "111122223333"
MEDIA = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": MEDIA, "config": {}, "layers": []})
IMAGE = f"sha256:{hashlib.sha256(MANIFEST.encode()).hexdigest()}"


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    cloud = Cloud.start(tmp_path_factory.mktemp("cloud"), management_account=ACCOUNT)
    yield cloud.endpoints(retries=1)
    cloud.stop()


@pytest.fixture(scope="module")
def accounts(endpoints: Endpoints) -> tuple[Credentials, Credentials]:
    organizations = endpoints.client("organizations", EAST)
    organizations.create_organization(FeatureSet="ALL")

    def account(name: str) -> Credentials:
        created = organizations.create_account(AccountName=name, Email=f"{name}@example.org")
        role = f"arn:aws:iam::{created['CreateAccountStatus']['AccountId']}:role/OrganizationAccountAccessRole"
        session = endpoints.client("sts", EAST).assume_role(RoleArn=role, RoleSessionName="test")
        return Credentials.of(session["Credentials"])

    return account("staging"), account("prod")


@pytest.fixture
def pair(
    endpoints: Endpoints, accounts: tuple[Credentials, Credentials], request: pytest.FixtureRequest
) -> tuple[Environment, Environment]:
    """Registry, bucket and repository in two accounts, of each test's own."""
    suffix = hashlib.sha256(request.node.name.encode()).hexdigest()[:8]

    def environment(name: str, who: Credentials) -> Environment:
        sagemaker, s3, ecr = (endpoints.client(service, EAST, who) for service in ("sagemaker", "s3", "ecr"))
        group, bucket, repository = f"hipaa-ml-{suffix}", f"{name}-{suffix}", f"hipaa-ml/{suffix}"
        sagemaker.create_model_package_group(ModelPackageGroupName=group, ModelPackageGroupDescription="d")
        s3.create_bucket(Bucket=bucket)
        ecr.create_repository(repositoryName=repository, imageTagMutability="IMMUTABLE")
        return Environment(
            name=name,
            packages=Packages(sagemaker, group, "risk", name),
            bucket=Bucket(client=s3, name=bucket),
            repository=Repository(client=ecr, name=repository),
        )

    return environment("staging", accounts[0]), environment("prod", accounts[1])


def register(
    environment: Environment,
    model: bytes = b"model",
    status: str = "Approved",
    *,
    image: str = IMAGE,
    manifest: bytes = b"{}",
    baseline: Mapping[str, bytes] | None = None,
) -> str:
    """Registers a version as the pipeline does, and approves it."""
    packages, bucket, repository = environment.packages, environment.bucket, environment.repository.name
    prefix = f"registry/risk/{artifacts.digest(model)}"
    for name, content in (("model.skops", model), ("manifest.json", manifest), ("package.json", b"{}")):
        bucket.client.put_object(Bucket=bucket.name, Key=f"{prefix}/{name}", Body=content)
    for name, content in (baseline or {}).items():
        bucket.client.put_object(Bucket=bucket.name, Key=f"{prefix}/baseline/{name}", Body=content)
    if environment.repository.manifest(IMAGE) is None:
        environment.repository.client.put_image(
            repositoryName=repository, imageManifest=MANIFEST, imageManifestMediaType=MEDIA, imageTag="1"
        )
    client: Any = packages.client
    created = client.create_model_package(
        ModelPackageGroupName=packages.group,
        ModelApprovalStatus=status,
        CustomerMetadataProperties={
            "Author": "ada",
            "ModelSha256": artifacts.digest(model),
            "ImageDigest": image,
            "Artifact": f"s3://{bucket.name}/{prefix}",
            **({"BaselineSha256": baselines.files_digest(baseline)} if baseline else {}),
        },
    )
    return str(created["ModelPackageArn"]).rpartition("/")[2]


def run(source: Environment, target: Environment, version: str | None = None) -> Any:
    return promote("risk", source, target, version, lambda _: None)


def test_version_is_copied_with_its_digests_and_waits_for_approval(pair: tuple[Environment, Environment]) -> None:
    staging, prod = pair
    version = register(staging)
    first = run(staging, staging)
    second = run(staging, prod)
    assert first.release == second.release
    assert (second.release.version, second.release.image_digest) == (version, IMAGE)
    assert second.release.model_sha256 == artifacts.digest(b"model")
    stored = prod.bucket.read(f"risk/{version}/model.tar.gz")
    assert stored is not None
    assert artifacts.digest(stored) == second.release.artifact_sha256
    assert prod.repository.manifest(IMAGE) is not None
    [package] = prod.packages.all()
    assert (package.status, package.version, package.author) == ("PendingManualApproval", version, "ada")
    run(staging, prod)
    assert len(prod.packages.all()) == 1


BASELINE = {"baseline.json": b"{}", "reference.jsonl": b"1\n", "statistics.json": b"2"}


def test_baseline_is_copied_with_the_version(pair: tuple[Environment, Environment]) -> None:
    staging, prod = pair
    version = register(staging, baseline=BASELINE)
    run(staging, staging)
    run(staging, prod)
    for environment in pair:
        stored = {name: environment.bucket.read(f"risk/{version}/baseline/{name}") for name in BASELINE}
        assert stored == BASELINE
    archive = prod.bucket.read(f"risk/{version}/model.tar.gz")
    assert archive is not None
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        assert sorted(opened.getnames()) == ["manifest.json", "model.skops"]


def test_digest_of_a_baseline_is_that_of_the_pipeline(tmp_path: Path) -> None:
    for name, content in BASELINE.items():
        (tmp_path / name).write_bytes(content)
    assert baselines.files_digest(BASELINE) == folder_digest(tmp_path)


def test_baseline_of_a_killed_promotion_is_completed(pair: tuple[Environment, Environment]) -> None:
    staging, prod = pair
    version = register(staging, baseline=BASELINE)
    prod.bucket.write(f"risk/{version}/baseline/baseline.json", BASELINE["baseline.json"])
    run(staging, prod)
    assert prod.bucket.read(f"risk/{version}/baseline/statistics.json") == b"2"


def test_other_baseline_in_the_target_is_not_overwritten(pair: tuple[Environment, Environment]) -> None:
    staging, prod = pair
    version = register(staging, baseline=BASELINE)
    prod.bucket.write(f"risk/{version}/baseline/baseline.json", b"other")
    with pytest.raises(PromotionError, match="differs from the registered baseline") as raised:
        run(staging, prod)
    assert raised.value.exit_code == INTEGRITY
    assert prod.bucket.read(f"risk/{version}/baseline/baseline.json") == b"other"


@pytest.mark.parametrize("altered", [b"tampered", None], ids=["altered", "deleted"])
def test_altered_baseline_is_refused_and_nothing_is_written(
    pair: tuple[Environment, Environment], altered: bytes | None
) -> None:
    staging, prod = pair
    register(staging, baseline=BASELINE)
    for key in [key for key in staging.bucket.keys("registry/") if "/baseline/" in key]:
        if altered is None:
            staging.bucket.client.delete_object(Bucket=staging.bucket.name, Key=key)
        else:
            staging.bucket.client.put_object(Bucket=staging.bucket.name, Key=key, Body=altered)
    with pytest.raises(PromotionError, match=r"it was altered|it was deleted") as raised:
        run(staging, prod)
    assert raised.value.exit_code == INTEGRITY
    assert not prod.bucket.keys("")


def test_version_without_baseline_is_promoted_with_a_message(pair: tuple[Environment, Environment]) -> None:
    staging, prod = pair
    register(staging)
    messages: list[str] = []
    promote("risk", staging, prod, None, messages.append)
    assert any("without a baseline" in message for message in messages)


def test_promoted_version_of_the_pipeline_is_served(pair: tuple[Environment, Environment], tmp_path: Path) -> None:
    staging, prod = pair
    trained = save(LENGTH_OF_STAY, tmp_path / "trained")
    model, manifest = ((tmp_path / "trained" / name).read_bytes() for name in ("model.skops", "manifest.json"))
    version = register(staging, model, manifest=manifest)
    release = run(staging, prod, version).release
    archive = prod.bucket.read(f"risk/{version}/model.tar.gz")
    assert archive is not None
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        opened.extractall(tmp_path / "served", filter="data")
    served = load(tmp_path / "served", release.model_sha256, release.version)
    assert (served.definition, served.version, served.manifest) == (LENGTH_OF_STAY, version, trained)
    assert served.score(served.example()).predictions[0] > 0


def test_version_without_serving_image_is_refused(pair: tuple[Environment, Environment]) -> None:
    staging, prod = pair
    register(staging, image="unknown")
    with pytest.raises(PromotionError, match="registered without a serving image"):
        run(staging, prod)


def test_rollback_returns_to_the_version_before_and_skips_rejected_ones(pair: tuple[Environment, Environment]) -> None:
    staging, _ = pair
    for model in (b"one", b"two", b"three"):
        run(staging, staging, register(staging, model))
    assert previous("risk", staging, "3").release.model_sha256 == artifacts.digest(b"two")
    staging.packages.decide("2", "Rejected", "unfair")
    assert previous("risk", staging, "3").release.model_sha256 == artifacts.digest(b"one")
    with pytest.raises(PromotionError, match="risk has no release before version 1 in staging"):
        previous("risk", staging, "1")
    with pytest.raises(PromotionError, match="is not in the registry"):
        previous("risk", staging, "9")


def altered_model(staging: Environment, version: str) -> None:
    package = staging.packages.get(version)
    prefix = package.properties["Artifact"].partition(f"{staging.bucket.name}/")[2]
    staging.bucket.client.put_object(Bucket=staging.bucket.name, Key=f"{prefix}/model.skops", Body=b"altered")


def deleted_model(staging: Environment, version: str) -> None:
    for key in staging.bucket.keys("registry/"):
        staging.bucket.client.delete_object(Bucket=staging.bucket.name, Key=key)


def deleted_image(staging: Environment, version: str) -> None:
    repository = staging.repository.name
    staging.repository.client.batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": IMAGE}])


def broken_archive(staging: Environment, version: str) -> None:
    staging.bucket.client.put_object(Bucket=staging.bucket.name, Key=f"risk/{version}/model.tar.gz", Body=b"no archive")


def rejected(staging: Environment, version: str) -> None:
    staging.packages.decide(version, "Rejected", "unfair")


@pytest.mark.parametrize(
    ("fault", "message", "code"),
    [
        (altered_model, "has no file with the registered SHA-256", INTEGRITY),
        (deleted_model, "has no model: it was deleted or never uploaded", INTEGRITY),
        (deleted_image, "has no image sha256:", INTEGRITY),
        (broken_archive, "cannot be read", INTEGRITY),
        (rejected, "Version 1 of risk is Rejected in staging, not Approved", REFUSED),
    ],
)
def test_fault_is_refused_and_nothing_is_written(
    pair: tuple[Environment, Environment], fault: Callable[[Environment, str], None], message: str, code: int
) -> None:
    staging, prod = pair
    version = register(staging)
    fault(staging, version)
    with pytest.raises(PromotionError, match=message) as raised:
        run(staging, prod, version)
    assert raised.value.exit_code == code
    assert not prod.packages.all()
    assert not prod.bucket.keys("")
    assert prod.repository.manifest(IMAGE) is None


def test_version_that_differs_in_the_target_is_not_overwritten(pair: tuple[Environment, Environment]) -> None:
    staging, prod = pair
    version = register(staging)
    prod.bucket.client.put_object(Bucket=prod.bucket.name, Key=f"risk/{version}/model.tar.gz", Body=b"other")
    with pytest.raises(PromotionError, match="a version is never overwritten") as raised:
        run(staging, prod, version)
    assert raised.value.exit_code == INTEGRITY
    assert prod.bucket.read(f"risk/{version}/model.tar.gz") == b"other"


def test_version_that_has_not_passed_the_environment_before_is_refused(pair: tuple[Environment, Environment]) -> None:
    staging, prod = pair
    with pytest.raises(PromotionError, match="risk has no approved version in staging"):
        run(staging, prod)
    with pytest.raises(PromotionError, match="A version reaches prod from staging: promote it there first"):
        run(staging, prod, "4")


@pytest.mark.parametrize(
    ("environments", "target", "source"),
    [
        (("prod", "staging", "dev"), "prod", "staging"),
        (("prod", "staging", "dev"), "dev", "dev"),
        (("prod",), "prod", "prod"),
    ],
)
def test_version_comes_from_the_environment_before(environments: tuple[str, ...], target: str, source: str) -> None:
    assert source_of("risk", environments, target) == source


def test_environment_that_does_not_serve_the_model_is_refused() -> None:
    with pytest.raises(PromotionError, match=r"risk is not served in 'dev'\. Environments of risk: prod") as raised:
        source_of("risk", ["prod"], "dev")
    assert raised.value.exit_code == BAD_INPUT
