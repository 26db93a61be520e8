"""Model packages: a document per version, in a local folder or in SageMaker's Model Registry."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from workloads.pipeline import artifacts
from workloads.pipeline.errors import INTEGRITY, USAGE, StepError
from workloads.pipeline.stores import LocalStore, MissingObjectError, Store

PENDING: Final = "PendingManualApproval"
APPROVED: Final = "Approved"
REJECTED: Final = "Rejected"
_PACKAGE: Final = "package.json"
_IDENTITY: Final = "Identity"
"""Key of the customer metadata that holds what makes a package unique."""


class Registry(Protocol):
    """Packages of models, in order of registration."""

    def register(self, package: Mapping[str, Any], artifact: Path, baseline: Path | None = None) -> tuple[str, bool]:
        """Adds a package.

        Args:
            package: the document.
            artifact: folder of model and manifest.
            baseline: folder of the baseline of monitors; None without one.

        Returns:
            Its version or ARN, and whether it is new: the same identity is never registered twice.
        """
        ...

    def champion(self, model: str, folder: Path) -> Path | None:
        """Copies the artifact of the newest approved package below a folder; None when there is none."""
        ...


def identity(document: Mapping[str, Any]) -> str:
    """SHA-256 of what makes a package unique: model file, data and holdout, definition, image, commit."""
    lineage = document["lineage"]
    keys = ("sha256", "data_version", "holdout_sha256", "definition", "image_digest", "commit")
    return hashlib.sha256(json.dumps([document["model"], *(lineage[key] for key in keys)]).encode()).hexdigest()


class LocalRegistry:
    """A folder: `MODEL/VERSION/package.json` beside the artifact."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def packages(self, model: str) -> list[dict[str, Any]]:
        """Packages of a model, oldest first."""
        folders = sorted((self._folder / model).glob("[0-9]*"), key=lambda folder: int(folder.name))
        return [self._read(folder / _PACKAGE) for folder in folders]

    def register(self, package: Mapping[str, Any], artifact: Path, baseline: Path | None = None) -> tuple[str, bool]:
        """Adds a package in one step (a rename)."""
        model = str(package["model"])
        packages = self.packages(model)
        for existing in packages:
            if existing["identity"] == package["identity"]:
                return str(existing["version"]), False
        version = str(1 + max((int(existing["version"]) for existing in packages), default=0))
        temporary = self._folder / model / f".{version}.part"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        for name in (artifacts.MODEL, artifacts.MANIFEST):
            shutil.copyfile(artifact / name, temporary / name)
        if baseline is not None:
            shutil.copytree(baseline, temporary / artifacts.BASELINE)
        self._write(temporary / _PACKAGE, {**package, "version": version})
        temporary.rename(self._folder / model / version)
        return version, True

    def decide(self, model: str, version: str, status: str) -> None:
        """Sets a package's status.

        Raises:
            StepError: there is no such package.
        """
        file = self._folder / model / version / _PACKAGE
        self._write(file, {**self._read(file), "status": status})

    def champion(self, model: str, folder: Path) -> Path | None:
        """The artifact of the newest approved package, verified against the registry."""
        approved = [package for package in self.packages(model) if package["status"] == APPROVED]
        if not approved:
            return None
        source = self._folder / model / approved[-1]["version"]
        try:
            artifacts.read(source, approved[-1]["lineage"]["sha256"])
        except StepError as error:
            raise StepError(
                f"The champion (package {source.name} of {model}) cannot be read. {error.reason}",
                action="Restore its artifact from the recorded version, or reject the package: the one before is then "
                "the champion.",
                code=INTEGRITY,
            ) from None
        folder.mkdir(parents=True, exist_ok=True)
        for name in (artifacts.MODEL, artifacts.MANIFEST):
            shutil.copyfile(source / name, folder / name)
        return folder

    def _read(self, file: Path) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise StepError(
                f"The package {file.parent.parent.name}/{file.parent.name} does not exist or is no package document.",
                action="List the registry's packages, or restore the document.",
                code=INTEGRITY,
            ) from None
        return document

    def _write(self, file: Path, package: Mapping[str, Any]) -> None:
        LocalStore(file.parent).write(file.name, (json.dumps(package, indent=2, sort_keys=True) + "\n").encode())


class SageMakerRegistry:
    """SageMaker's Model Registry: a model package group per model; artifacts in a store below the model's name.

    Args:
        client: boto3's `sagemaker` client.
        store: of artifacts, an S3 bucket.
        prefix: of the keys, with a final `/` unless empty.
        group: name of the model package group; empty: the model's name.
    """

    def __init__(self, client: Any, store: Store, prefix: str = "", group: str = "") -> None:
        self._client = client
        self._group = group
        self._store = store
        self._prefix = prefix

    def register(self, package: Mapping[str, Any], artifact: Path, baseline: Path | None = None) -> tuple[str, bool]:
        """Uploads artifact and baseline and creates the package, unless its identity is registered."""
        model, identifier = str(package["model"]), str(package["identity"])
        for described in self._packages(model):
            if described.get("CustomerMetadataProperties", {}).get(_IDENTITY) == identifier:
                return str(described["ModelPackageArn"]), False
        key = f"{self._prefix}{model}/{identifier}"
        for name in (artifacts.MODEL, artifacts.MANIFEST):
            self._store.write(f"{key}/{name}", (artifact / name).read_bytes())
        for file in sorted(baseline.iterdir()) if baseline is not None else ():
            self._store.write(f"{key}/{artifacts.BASELINE}/{file.name}", file.read_bytes())
        self._store.write(f"{key}/{_PACKAGE}", json.dumps(package, indent=2, sort_keys=True).encode())
        lineage = package["lineage"]
        answer = self._client.create_model_package(
            ModelPackageGroupName=self._group or model,
            ModelPackageDescription=f"{model}, data version {lineage['data_version']}",
            ModelApprovalStatus=PENDING,
            ClientToken=identifier[:36],
            CustomerMetadataProperties={
                _IDENTITY: identifier,
                "Author": str(package.get("author") or "unknown"),
                "ModelSha256": str(lineage["sha256"]),
                "DataVersion": str(lineage["data_version"]),
                "Commit": str(lineage["commit"]),
                "ImageDigest": str(lineage["serving_image_digest"]),
                "PipelineImageDigest": str(lineage["image_digest"]),
                "Artifact": f"{self._store.address}/{key}",
                **({"BaselineSha256": lineage["baseline_sha256"]} if lineage.get("baseline_sha256") else {}),
                **{f"Metric.{name}": f"{value:.6f}" for name, value in package["metrics"].items()},
            },
        )
        return str(answer["ModelPackageArn"]), True

    def champion(self, model: str, folder: Path) -> Path | None:
        """Downloads the artifact of the newest approved package, and verifies its registered digest."""
        approved = [package for package in self._packages(model) if package.get("ModelApprovalStatus") == APPROVED]
        if not approved:
            return None
        newest = max(approved, key=lambda package: int(package.get("ModelPackageVersion", 0)))
        properties = newest.get("CustomerMetadataProperties", {})
        key = f"{self._prefix}{model}/{properties.get(_IDENTITY)}"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for name in (artifacts.MODEL, artifacts.MANIFEST):
                (folder / name).write_bytes(self._store.read(f"{key}/{name}"))
            artifacts.read(folder, properties.get("ModelSha256"))
        except (StepError, MissingObjectError) as error:
            reason = error.reason if isinstance(error, StepError) else f"{self._store.address}/{key} is incomplete."
            raise StepError(
                f"The champion ({newest['ModelPackageArn']}) cannot be read. {reason}",
                action="Restore its artifact from the recorded version, or reject the package.",
                code=INTEGRITY,
            ) from None
        return folder

    def _packages(self, model: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=self._group or model)
        return [
            self._client.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
            for page in pages
            for summary in page["ModelPackageSummaryList"]
        ]


def open_registry(address: str) -> Registry:
    """The registry of a folder, of `sagemaker:BUCKET/PREFIX`, or of `sagemaker:GROUP@BUCKET/PREFIX`.

    Raises:
        StepError: no address.
    """
    if not address:
        raise StepError(
            "No registry was named.", action="Name a folder or sagemaker:BUCKET/PREFIX with --registry.", code=USAGE
        )
    if not address.startswith("sagemaker:"):
        return LocalRegistry(Path(address))
    import boto3  # noqa: PLC0415 - a local registry needs no AWS client

    from workloads.pipeline.stores import open_store  # noqa: PLC0415 - as above

    group, _, place = address.removeprefix("sagemaker:").rpartition("@")
    store, prefix = open_store("s3://" + place)
    return SageMakerRegistry(boto3.client("sagemaker"), store, prefix, group)
