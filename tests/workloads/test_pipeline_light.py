"""The pipeline's light modules: tables, pseudonyms, data versions, stores, registries, DVC stages."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from workloads.pipeline import artifacts, checksums, identifiers, pseudonyms, registry, spark_job, versions
from workloads.pipeline.definitions import MODELS, definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import BY_NAME, ON_SPARK, SPARK, STEPS, Settings, steps
from workloads.pipeline.steps import command
from workloads.pipeline.stores import LocalStore, MissingObjectError, S3Store

ROOT = Path(__file__).parents[2]
OLD = pseudonyms.Keyring((("k1", b"1" * 32),))
NEW = pseudonyms.Keyring((("k1", b"1" * 32), ("k2", b"2" * 32)))


def test_light_modules_import_no_heavy_library() -> None:
    program = (
        "import sys, workloads.pipeline.__main__, workloads.pipeline.registry, workloads.pipeline.versions\n"
        "heavy = {'pandas', 'sklearn', 'spacy', 'great_expectations', 'mlflow', 'presidio_analyzer'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sorted(MODELS))
def test_definition_names_its_own_fields(name: str) -> None:
    model = definition(name)
    assert model.rule.metric in model.metrics
    assert set(model.slices) <= set(model.fields)
    assert model.target not in model.fields
    assert not set(model.columns) & set(identifiers.TREATMENTS) - {"age_years", "admission_date"}


@pytest.mark.parametrize(
    ("code", "expected"), [("94110", "941"), ("03601", "000"), ("89301-1234", "000"), ("", "000"), ("12", "000")]
)
def test_sparse_zip_areas_become_000(code: str, expected: str) -> None:
    assert identifiers.zip3(code) == expected


def test_sparse_zip_list_has_the_17_areas_of_the_guidance() -> None:
    assert len(identifiers.SPARSE_ZIP3) == 17


def test_rotated_keys_keep_old_pseudonyms_joinable() -> None:
    assert NEW.advance(OLD.pseudonym("M1")) == NEW.pseudonym("M1")
    assert OLD.pseudonym("M1") != NEW.pseudonym("M1")
    assert OLD.shift("M1") == NEW.shift("M1")
    with pytest.raises(StepError, match="not in the key file"):
        OLD.advance(NEW.pseudonym("M1"))


def test_shifts_are_bounded_and_never_zero() -> None:
    shifts = {OLD.shift(str(number)) for number in range(5000)}
    assert 0 not in shifts
    assert max(abs(days) for days in shifts) == pseudonyms.SHIFT_DAYS


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"keys": []}', '{"keys": [{"id": "k1", "secret": "00"}]}', '{"keys": [{"id": "x", "secret": "zz"}]}'],
)
def test_malformed_key_file_is_refused_without_its_content(text: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(StepError, match="is not a key file"):
        pseudonyms.read(tmp_path / "keys.json")


def test_check_digits() -> None:
    assert checksums.npi("1234567893")
    assert not checksums.npi("1234567890")
    assert checksums.dea("AB1234563")
    assert not checksums.dea("AB1234567")
    assert checksums.ssn("123-45-6789")
    assert not checksums.ssn("900-12-3456")


def version(folder: Path) -> versions.Version:
    (folder / "encounters.csv").write_text("a,b\n1,2\n3,4\n")
    return versions.describe(folder, ["encounters.csv"], model="readmission", schema_hash="s", notes={})


def test_version_follows_from_contents(tmp_path: Path) -> None:
    first = version(tmp_path)
    assert first.files[0].rows == 2
    assert versions.parse(first.text(), "manifest").identifier == first.identifier
    with pytest.raises(StepError, match="was altered"):
        versions.parse(first.text().replace(first.files[0].sha256, "0" * 64), "manifest")


def test_version_of_another_schema_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(version(tmp_path).text())
    with pytest.raises(StepError, match="another schema"):
        versions.fetch(LocalStore(tmp_path), "", tmp_path, model="readmission", schema_hash="other")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


@pytest.fixture
def store(aws: None) -> S3Store:
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="data")
    client.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    return S3Store("data", client)


def test_recorded_version_is_read_despite_a_newer_one(store: S3Store, tmp_path: Path) -> None:
    described = version(tmp_path)
    recorded = store.write("v/encounters.csv", (tmp_path / "encounters.csv").read_bytes())
    store.write("v/encounters.csv", b"newer")
    entry = replace(described.files[0], version_id=recorded)
    store.write("v/manifest.json", replace(described, files=(entry,)).text().encode())
    (tmp_path / "out").mkdir()
    fetched = versions.fetch(store, "v/", tmp_path / "out", model="readmission", schema_hash="s")
    assert fetched.files[0].version_id == recorded
    assert (tmp_path / "out" / "encounters.csv").read_text() == "a,b\n1,2\n3,4\n"


def test_deleted_data_version_is_named(store: S3Store, tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"s3://data/v/manifest.json does not exist") as error:
        versions.fetch(store, "v/", tmp_path, model="readmission", schema_hash="s")
    assert error.value.code == 4
    with pytest.raises(MissingObjectError):
        LocalStore(tmp_path).read("x", "version")


def package(folder: Path, data: str = "d1") -> dict[str, Any]:
    digest = hashlib.sha256(b"model").hexdigest()
    manifest = artifacts.Manifest(
        model="readmission", definition_version="1", sha256=digest, schema_hash="s", data_version=data,
        scikit_learn="1", seed=1, rows=2,
    )  # fmt: skip
    folder.mkdir(exist_ok=True)
    artifacts.write(folder, b"model", manifest)
    lineage = {
        "sha256": digest, "data_version": data, "holdout_sha256": "h", "definition": "1",
        "image_digest": "i", "serving_image_digest": "s", "commit": "c",
    }  # fmt: skip
    document: dict[str, Any] = {
        "model": "readmission", "status": registry.PENDING, "metrics": {"auroc": 0.7}, "lineage": lineage,
    }  # fmt: skip
    return {**document, "identity": registry.identity(document)}


def test_local_registry_registers_the_same_inputs_once(tmp_path: Path) -> None:
    local = registry.LocalRegistry(tmp_path / "registry")
    document = package(tmp_path / "model")
    assert local.register(document, tmp_path / "model") == ("1", True)
    assert local.register(document, tmp_path / "model") == ("1", False)
    assert local.register(package(tmp_path / "model", "d2"), tmp_path / "model") == ("2", True)


def test_baseline_is_registered_beside_the_artifact(store: S3Store, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    baseline.mkdir()
    (baseline / "baseline.json").write_text("{}", encoding="utf-8")
    document = package(tmp_path / "model")
    document["lineage"]["baseline_sha256"] = artifacts.folder_digest(baseline)
    registry.LocalRegistry(tmp_path / "registry").register(document, tmp_path / "model", baseline)
    assert (tmp_path / "registry/readmission/1/baseline/baseline.json").read_text(encoding="utf-8") == "{}"
    client = boto3.client("sagemaker", region_name="us-east-1")
    client.create_model_package_group(ModelPackageGroupName="readmission")
    arn, _ = registry.SageMakerRegistry(client, store, "models/").register(document, tmp_path / "model", baseline)
    assert store.read(f"models/readmission/{document['identity']}/baseline/baseline.json") == b"{}"
    properties = client.describe_model_package(ModelPackageName=arn)["CustomerMetadataProperties"]
    assert properties["BaselineSha256"] == artifacts.folder_digest(baseline)


def test_local_champion_is_the_newest_approved_package(tmp_path: Path) -> None:
    local = registry.LocalRegistry(tmp_path / "registry")
    local.register(package(tmp_path / "model"), tmp_path / "model")
    assert local.champion("readmission", tmp_path / "champion") is None
    local.decide("readmission", "1", registry.APPROVED)
    assert local.champion("readmission", tmp_path / "champion") == tmp_path / "champion"
    (tmp_path / "registry" / "readmission" / "1" / artifacts.MODEL).write_bytes(b"x")
    with pytest.raises(StepError, match="cannot be read"):
        local.champion("readmission", tmp_path / "champion")


def test_sagemaker_registry_registers_once_and_verifies_the_champion(store: S3Store, tmp_path: Path) -> None:
    client = boto3.client("sagemaker", region_name="us-east-1")
    client.create_model_package_group(ModelPackageGroupName="readmission")
    remote = registry.SageMakerRegistry(client, store, "models/")
    document = package(tmp_path / "model")
    arn, new = remote.register(document, tmp_path / "model")
    assert new
    assert remote.register(document, tmp_path / "model") == (arn, False)
    assert remote.champion("readmission", tmp_path / "champion") is None
    properties = client.describe_model_package(ModelPackageName=arn)["CustomerMetadataProperties"]
    # moto deletes the properties unless the update repeats them; SageMaker keeps them.
    client.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus=registry.APPROVED, CustomerMetadataProperties=properties
    )
    assert remote.champion("readmission", tmp_path / "champion") is not None
    store.write(f"models/readmission/{document['identity']}/{artifacts.MODEL}", b"x")
    with pytest.raises(StepError, match="was altered"):
        remote.champion("readmission", tmp_path / "champion")


def test_dvc_stages_are_the_steps_with_their_inputs_and_settings() -> None:
    folder = ROOT / "workloads" / "pipeline" / "dvc"
    stages = yaml.safe_load((folder / "dvc.yaml").read_text())["stages"]
    parameters = yaml.safe_load((folder / "params.yaml").read_text())
    for step in STEPS[:6]:
        command = stages[step.name]["cmd"].split()
        assert command[:3] == ["python", "-m", f"workloads.pipeline.steps.{step.name}"]
        options = {part.removeprefix("--").replace("-", "_") for part in command if part.startswith("--")}
        assert options <= {"model", "output", *step.inputs, *step.settings}
        assert options >= {"model", "output", *(set(step.inputs) - set(step.optional))}
        assert set(stages[step.name]["params"]) <= set(parameters)
    assert set(stages) - set(BY_NAME) == {"names_model", "reference"}


def test_pipeline_on_spark_builds_features_before_it_trains() -> None:
    names = [step.name for step in steps(SPARK)]
    assert [name for name in names if name != "features"] == [step.name for step in STEPS]
    assert names.index("scan") < names.index("features") < names.index("train")
    assert ON_SPARK == ("validate", "scan", "features")


def test_unknown_engine_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"no engine 'dask'; allowed: pandas, spark"):
        Settings(engine="dask")  # pyright: ignore[reportArgumentType]
    assert command.main("scan", ["--model", "readmission", "--engine", "dask", "--ml", str(tmp_path)]) == 2
    assert "no engine 'dask'; allowed: pandas, spark" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["train"], ["--model", "readmission"]])
def test_program_of_spark_jobs_runs_no_other_step(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert spark_job.main(arguments) == 2
    assert "allowed: validate, scan, features" in capsys.readouterr().err


def test_package_identity_ignores_metrics(tmp_path: Path) -> None:
    document = package(tmp_path / "model")
    assert registry.identity({**document, "metrics": {}}) == document["identity"]
    assert json.loads(json.dumps(document)) == document
