"""`data-prod`: the image repositories of the models, which exist before an image is pushed and an endpoint deployed."""

from tests.recorder import Recording
from tests.stacks.test_ml_stacks import READMISSION, single, with_model
from tests.stacks.zone import recorded, run

STACK, DEV = "data-prod", "data-dev"
EAST, WEST = "us-east-1", "us-west-2"


def repositories(recording: Recording) -> dict[str, str]:
    """Logical name of each repository -> its name in ECR."""
    return {repository.name: repository.inputs["name"] for repository in recording.of("ecr/repository:Repository")}


def test_model_with_standby_has_a_repository_in_each_region() -> None:
    expected = {f"readmission-images-{region}-repository": "hipaa-ml/readmission" for region in (EAST, WEST)}
    assert repositories(recorded(STACK)) == expected
    account = recorded(STACK).outputs["account_id"]
    urls = {region: f"{account}.dkr.ecr.{region}.amazonaws.com/hipaa-ml/readmission" for region in (EAST, WEST)}
    assert recorded(STACK).outputs["image_repositories"] == {"readmission": urls}


def test_images_are_encrypted_with_the_key_of_artifacts_of_their_region() -> None:
    keys = recorded(STACK).outputs["key_arns"]["artifacts"]
    for repository in recorded(STACK).of("ecr/repository:Repository"):
        [encryption] = repository.inputs["encryptionConfigurations"]
        region = EAST if EAST in repository.name else WEST
        assert encryption == {"encryptionType": "KMS", "kmsKey": keys[region]}


def test_images_are_copied_to_the_recovery_region() -> None:
    [rule] = single(recorded(STACK), "ReplicationConfiguration")["replicationConfiguration"]["rules"]
    assert [destination["region"] for destination in rule["destinations"]] == [WEST]
    [repository_filter] = rule["repositoryFilters"]
    assert "hipaa-ml/readmission".startswith(repository_filter["filter"])


def test_model_without_standby_has_a_repository_in_the_primary_region_only() -> None:
    recording = run(STACK, ml=with_model(standby="none"))
    assert list(repositories(recording)) == [f"readmission-images-{EAST}-repository"]
    assert recording.of("ReplicationConfiguration") == []
    assert list(recording.outputs["image_repositories"]["readmission"]) == [EAST]


def test_unreleased_model_has_repositories() -> None:
    """Without a release there is a place to push the first image to."""
    assert repositories(run(STACK, ml=with_model(release=None))) == repositories(recorded(STACK))


def test_environment_without_models_has_none() -> None:
    assert "dev" not in READMISSION["environments"]
    assert repositories(recorded(DEV)) == {}
