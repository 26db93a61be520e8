"""Acts in a deployed `data-staging` and `ml-staging`: uploads raw data as a team, reads what a pipeline did."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from cli.rehearsed_aws import RehearsedAws
from rehearsal.cloud import Cloud, Credentials

EAST = "us-east-1"
STACKS = (
    *("organization", "audit", "baseline-management", "baseline-backup", "baseline-network", "baseline-ml-staging"),
    *("network-us-east-1", "data-staging", "ml-staging"),
)
TEAMS = {"readmission": "cardiology", "length-of-stay": "oncology"}
RAW = {"readmission": "cardiology/cardiology_encounters", "length-of-stay": "oncology/oncology_tumours"}
"""Model -> prefix of its raw data."""


class Staging:
    """The deployed environment, and the teams in it."""

    def __init__(self, root: Path, outputs: Callable[[str], dict[str, Any]]) -> None:
        """`outputs` gives the outputs of a stack."""
        cloud = Cloud.attach(root / ".rehearsal")
        if cloud is None:
            raise SystemExit("The emulated AWS is not running: run `zone up` first.")
        self.cloud, self.endpoints = cloud, cloud.endpoints()
        self.outputs = outputs("data-staging")
        self.spoke = outputs("ml-staging")
        self.account = str(self.outputs["account_id"])

    @cached_property
    def admin(self) -> Credentials:
        aws = RehearsedAws(
            self.endpoints,
            management_account=self.cloud.management_account,
            access_role="OrganizationAccountAccessRole",
            region=EAST,
        )
        return aws.credentials(self.account)

    def client(self, service: str) -> Any:
        return self.endpoints.client(service, EAST, self.admin)

    def bucket(self, purpose: str) -> str:
        return str(self.outputs["buckets"][purpose][EAST])

    def team(self, name: str) -> Any:
        """An S3 client of a team's role, inside the VPC."""
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": self.account}, "Action": "sts:AssumeRole"}
        assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": self.outputs["team_role_arns"][name]}
        role = f"member-{name}"
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(
                RoleName=role,
                AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
                Tags=[{"Key": "team", "Value": name}],
            )
            iam.put_role_policy(
                RoleName=role,
                PolicyName="rights",
                PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [assume]}),
            )
        member = self._assume(f"arn:aws:iam::{self.account}:role/{role}", self.admin)
        client = self.endpoints.client("s3", EAST, self._assume(assume["Resource"], member))
        client.meta.events.register("before-call", self._inside)
        return client

    def _assume(self, role: str, credentials: Credentials) -> Credentials:
        sts = self.endpoints.client("sts", EAST, credentials)
        return Credentials.of(sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"])

    def _inside(self, params: dict[str, Any], **_: Any) -> None:
        params["headers"]["x-rehearsal-vpce"] = self.spoke["s3_endpoint_id"]

    def upload(self, model: str, raw: Path, names_model: Path) -> None:
        """Uploads raw data and the names model, in place of what was uploaded before."""
        team = TEAMS[model]
        s3 = self.team(team)
        s3.put_object(Bucket=self.bucket("raw-phi"), Key=f"{RAW[model]}/encounters.csv", Body=raw.read_bytes())
        for file in sorted(names_model.rglob("*")):
            if file.is_file():
                key = f"{team}/names-model/{file.relative_to(names_model).as_posix()}"
                s3.put_object(Bucket=self.bucket("artifacts"), Key=key, Body=file.read_bytes())

    def give_keys(self, keys: Path) -> None:
        """Puts a key file into the secret of the pseudonyms, as its rotation does."""
        self.client("secretsmanager").put_secret_value(
            SecretId=self.outputs["secret_arns"]["pseudonyms"], SecretString=keys.read_text(encoding="utf-8")
        )

    def packages(self, model: str) -> list[dict[str, Any]]:
        """The registered versions of a model."""
        group = f"hipaa-ml-{model}"
        sagemaker = self.client("sagemaker")
        return [
            sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
            for summary in sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
        ]

    def lock(self, model: str) -> dict[str, Any] | None:
        """The lock of a model's pipeline."""
        table = self.client("dynamodb")
        response = table.get_item(TableName="hipaa-ml-staging-pipelines", Key={"pk": {"S": f"lock#{model}"}})
        item: dict[str, Any] | None = response.get("Item")
        return item


def _outputs(stack: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "cli.main", "outputs", stack, "--json"]
    values: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return values


if __name__ == "__main__":
    name, raw, names_model, keys = sys.argv[1:]
    staging = Staging(Path.cwd(), _outputs)
    staging.give_keys(Path(keys))
    staging.upload(name, Path(raw), Path(names_model))
