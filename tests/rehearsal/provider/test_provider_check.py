import pytest

from rehearsal.provider.values import UNKNOWN, Values
from tests.rehearsal.provider.provider_bench import Client, CreatedResource, urn_of

BUCKET = "aws:s3/bucket:Bucket"
RULES = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
POLICY = "aws:organizations/policy:Policy"


@pytest.mark.parametrize(
    ("token", "inputs", "property_", "says"),
    [
        (BUCKET, {"buket": "x"}, "buket", "did you mean 'bucket'"),
        (BUCKET, {"bucket": {"a": 1}}, "bucket", "expected a string, found an object"),
        (BUCKET, {"forceDestroy": "perhaps"}, "forceDestroy", "expected a boolean, found a string"),
        (BUCKET, {"tags": ["a"]}, "tags", "expected a map, found a list"),
        (BUCKET, {"bucket": "No_Such"}, "bucket", "is no bucket name"),
        (BUCKET, {"bucket": "10.0.0.1"}, "bucket", "is no bucket name"),
        (POLICY, {}, "content", "required property 'content' is missing"),
        (POLICY, {"content": "{"}, "content", "invalid JSON policy"),
        (RULES, {"bucket": "b", "rules": {}}, "rules", "expected a list"),
        (
            RULES,
            {"bucket": "b", "rules": [{"id": "a", "status": "Enabled", "expiratoin": {}}]},
            "rules[0].expiratoin",
            "did you mean 'expiration'",
        ),
        (RULES, {"bucket": "b", "rules": [{"id": "a"}]}, "rules[0].status", "is missing"),
        (
            RULES,
            {"bucket": "b", "rules": [{"id": "a", "status": "Enabled", "expiration": {"days": "soon"}}]},
            "rules[0].expiration.days",
            "expected a number",
        ),
    ],
)
def test_a_wrong_input_is_refused_by_name(
    client: Client, token: str, inputs: Values, property_: str, says: str
) -> None:
    _, failures = client.check(urn_of(token), inputs)
    assert [name for name, _ in failures] == [property_]
    assert says in failures[0][1]


def test_unknown_inputs_are_not_checked(client: Client) -> None:
    client.checked(urn_of(RULES), {"bucket": UNKNOWN, "rules": UNKNOWN})
    client.checked(urn_of(POLICY), {"content": UNKNOWN})


def test_scalars_convert_as_the_aws_provider_converts_them(client: Client) -> None:
    client.checked(urn_of(BUCKET), {"forceDestroy": "true", "tags": {"a": 1}})


def test_an_unknown_type_is_refused(client: Client) -> None:
    with pytest.raises(Exception, match="no resource type aws:s3/bukket:Bukket"):
        client.check(urn_of("aws:s3/bukket:Bukket"), {})


def test_generated_names_are_equal_on_every_run(client: Client) -> None:
    urn = urn_of(BUCKET, "Audit-Logs")
    first = client.checked(urn, {})["bucket"]
    assert first.startswith("audit-logs-")
    assert len(first) == len("audit-logs-") + 7
    assert client.checked(urn, {})["bucket"] == first
    assert client.checked(urn, {}, {"bucket": "audit-logs-0123abc"})["bucket"] == "audit-logs-0123abc"
    assert client.checked(urn, {}, {"bucket": "given-by-hand"})["bucket"] == first


def test_explicit_name_or_prefix_is_kept(client: Client) -> None:
    assert client.checked(urn_of(BUCKET), {"bucket": "given"})["bucket"] == "given"
    assert "bucket" not in client.checked(urn_of(BUCKET), {"bucketPrefix": "given-"})


def test_replacement_has_a_new_and_repeatable_name(client: Client) -> None:
    urn = urn_of(BUCKET, "replaced")
    old = client.checked(urn, {})
    news = client.checked(urn, {"objectLockEnabled": True}, old)
    assert list(client.diff(CreatedResource(urn, old["bucket"], old, old), news).replaces) == ["objectLockEnabled"]
    replacement = client.checked(urn, {"objectLockEnabled": True})["bucket"]
    assert replacement != old["bucket"]
    assert client.checked(urn, {"objectLockEnabled": True})["bucket"] == replacement


@pytest.mark.parametrize(
    ("token", "inputs", "property_", "begins", "longest"),
    [
        ("aws:kms/alias:Alias", {"targetKeyId": "k"}, "name", "alias/x", 255),
        ("aws:iam/role:Role", {"assumeRolePolicy": "{}"}, "name", "x", 64),
        ("aws:sqs/queue:Queue", {"fifoQueue": True}, "name", "x", 85),
        ("aws:rds/instance:Instance", {"instanceClass": "db.t3.micro"}, "identifier", "x", 63),
        ("aws:sagemaker/model:Model", {"executionRoleArn": "arn"}, "name", "x", 63),
    ],
)
def test_generated_names_meet_the_limits_of_the_service(
    client: Client, token: str, *, inputs: Values, property_: str, begins: str, longest: int
) -> None:
    name = client.checked(urn_of(token, "x" * 300), inputs)[property_]
    assert name.startswith(begins)
    assert len(name) <= longest
    assert name.endswith(".fifo") == ("fifoQueue" in inputs)


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}),
        ("aws:s3/bucketVersioning:BucketVersioning", {"bucket": "b", "versioningConfiguration": {"status": "Enabled"}}),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "r", "policyArn": "p"}),
    ],
)
def test_types_without_name_property_get_no_name(client: Client, token: str, inputs: Values) -> None:
    checked = client.checked(urn_of(token), inputs)
    set_by_check = {"__defaults", *checked.get("__defaults", [])}
    assert {name: value for name, value in checked.items() if name not in set_by_check} == inputs


def test_preview_returns_inputs_and_marks_computed_outputs_unknown(client: Client) -> None:
    inputs = client.checked(urn_of(BUCKET), {"tags": {"a": "b"}})
    outputs = client.preview(urn_of(BUCKET), inputs)
    assert outputs["tags"] == {"a": "b"}
    assert outputs["bucket"] == inputs["bucket"]
    assert outputs["arn"] == UNKNOWN
    assert outputs["region"] == "us-east-1"
    assert outputs["forceDestroy"] is False
