"""`zone audit`: sources, exit codes and bad input, without a zone."""

import json
from pathlib import Path

import pytest

from cli.audit import DIFFERS, exit_code
from cli.audit_display import document, text
from cli.errors import UsageError
from cli.exported_stacks import exported_outputs, exported_stacks
from cli.options import INCOMPLETE
from inspection.audit import AuditReport
from inspection.findings import findings
from inspection.observation import compared, missing
from inspection.resources.declared import Unread
from rehearsal.provider.offline import configured_offline

SAME, OTHER = compared("trail", "name", "a", "a"), missing("trail", "trail", "a trail")
UNREAD = Unread(account="123456789012", region="us-east-1", what="iam:list_users", error="AccessDenied")


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (AuditReport(observations=[SAME]), 0),
        (AuditReport(observations=[SAME, OTHER]), DIFFERS),
        (AuditReport(observations=[SAME], unread=[UNREAD]), INCOMPLETE),
        (AuditReport(observations=[SAME, OTHER], unread=[UNREAD]), DIFFERS),
        (AuditReport(observations=[]), INCOMPLETE),
    ],
)
def test_exit_codes(report: AuditReport, code: int) -> None:
    assert exit_code(report) == code
    assert report.ok is (code == 0)


def test_incomplete_is_said_and_listed() -> None:
    report = AuditReport(observations=[SAME], unread=[UNREAD])
    shown = text(report, [], source="AWS")
    assert "incomplete, 1 part was not read" in shown
    assert "iam:list_users: AccessDenied" in shown
    assert document(report, [], source="AWS")["incomplete"] is True


def test_table_fits_and_names_control_paragraph_and_remedy() -> None:
    report = AuditReport(observations=[SAME, OTHER])
    listed = findings(report.observations, management_account="123456789012", region="us-east-1")
    shown = text(report, listed, source="the emulated AWS")
    for part in ("critical  F4", "164.312(b)", "zone up", "1 of 2 differ (1 critical)"):
        assert part in shown


def state(stack: str, **outputs: object) -> str:
    resources = [{"urn": f"urn:pulumi:{stack}::p::pulumi:pulumi:Stack::p-{stack}", "type": "pulumi:pulumi:Stack"}]
    return json.dumps({"version": 3, "deployment": {"resources": [{**resources[0], "outputs": outputs}]}})


def test_exports_are_told_apart_by_their_urns(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(state("audit", trail_name="t"), encoding="utf-8")
    documents = exported_stacks([tmp_path / "a.json"], ["organization", "audit"])
    assert exported_outputs(documents) == {"audit": {"trail_name": "t"}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no stack export"),
        ("[]", "is no stack export"),
        ('{"deployment": {"resources": []}}', "the resources of 0 stacks"),
        (state("other"), "the stack 'other', which is not in the zone"),
    ],
)
def test_bad_exports_are_named(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "export.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        exported_stacks([file], ["audit"])
    with pytest.raises(UsageError, match="No such file"):
        exported_stacks([tmp_path / "absent.json"], ["audit"])


def test_two_exports_of_a_stack_are_refused(tmp_path: Path) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file in files:
        file.write_text(state("audit"), encoding="utf-8")
    with pytest.raises(UsageError, match="a second export of the stack 'audit'"):
        exported_stacks(files, ["audit"])


def test_offline_configuration_names_the_account_of_its_last_role() -> None:
    roles = [{"roleArn": f"arn:aws:iam::{account}:role/r"} for account in ("111111111111", "222222222222")]
    configured = configured_offline({"assumeRoles": json.dumps(roles), "region": "us-west-2"})
    assert (configured.account, configured.region, configured.credentials) == ("222222222222", "us-west-2", None)
    assert configured_offline({"allowedAccountIds": json.dumps(["333333333333"])}).account == "333333333333"
    assert configured_offline({}).account == ""
