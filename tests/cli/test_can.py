"""`zone can` refuses words that AWS does not know, counts every value of a key, and ends with the documented code."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.can import can
from cli.errors import BAD_INPUT, UsageError
from inspection.can import QuestionError

ROOT = Path(__file__).parents[2]
APP = typer.Typer()
APP.command()(can)
ROLE = "arn:aws:iam::000000000008:role/team/scientist"
IN_DEV = "arn:aws:iam::000000000006:role/team/scientist"
SMALL, LARGE = "ml.m5.large", "ml.p5.48xlarge"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project without a rehearsal: accounts have numbers in the order of the settings."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)


def run(*words: str, principal: str = ROLE, account: str = "ml-prod") -> Any:
    return CliRunner().invoke(APP, ["--account", account, "--principal", principal, *words])


def refused(*words: str, principal: str = ROLE) -> str:
    result = run(*words, principal=principal)
    assert isinstance(result.exception, UsageError | QuestionError), result.output
    return str(result.exception)


@pytest.mark.parametrize("types", [(LARGE, SMALL), (SMALL, LARGE), (LARGE,)])
def test_every_value_of_a_repeated_key_counts(types: tuple[str, ...]) -> None:
    words = [word for name in types for word in ("--context", f"sagemaker:InstanceTypes={name}")]
    result = run("sagemaker:CreateApp", "*", *words, account="ml-dev", principal=IN_DEV)
    assert result.exit_code == 1
    assert "M7Types" in result.output


def test_allowed_request_ends_with_zero() -> None:
    words = ("sagemaker:CreateApp", "*", "--context", f"sagemaker:InstanceTypes={SMALL}")
    result = run(*words, account="ml-dev", principal=IN_DEV)
    assert result.exit_code == 0
    assert "allowed" in result.output


def test_explanation_lists_statements_that_do_not_apply_either() -> None:
    result = run("organizations:LeaveOrganization", "--explain")
    assert result.exit_code == 1
    assert "F1Leave" in result.output
    assert "P4Transport" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("s3:GetObjct",), "similar: s3:getobject"),
        (("nosuch:Action",), "AWS has no service prefix 'nosuch'"),
        (("s3:GetObject", "*", "--context", "sagemaker:VpcSubnets=x"), "never carries the condition key"),
        (("s3:GetObject", "bucket"), "neither * nor an ARN"),
    ],
)
def test_unknown_words_are_refused(words: tuple[str, ...], message: str) -> None:
    assert message in refused(*words)


@pytest.mark.parametrize(
    ("principal", "message"),
    [
        ("arn:aws:iam::999999999999:role/x", "add --outsider"),
        ("arn:aws:iam::000000000008:role/team/*", "at most 64 letters"),
        ("arn:aws:iam::000000000008:group/x", "must be a role, user"),
    ],
)
def test_unknown_principals_are_refused(principal: str, message: str) -> None:
    assert message in refused("s3:GetObject", principal=principal)


def test_refusal_has_an_exit_code_of_its_own() -> None:
    assert {UsageError.exit_code, BAD_INPUT} == {2}
