"""Scenarios of `zone attack`: the library, the comparison with what stopped a call, and the report."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from authorization import reference
from controls.registry import CONTROLS, sids
from inspection.attack.report import TITLES, document, page
from inspection.attack.run import ROLES, Result, named_accounts, run
from inspection.attack.scenarios import Scenario, scenarios
from inspection.attack.work import Script, scripts

LIBRARY = scenarios()
ATTACK = next(scenario for scenario in LIBRARY if scenario.expect == "F4Trail")
WORK = replace(ATTACK, tactic="daily work", expect="allowed")
SCRIPTS = scripts()
OF_A_BUCKET_POLICY = {"OwnTeamOnly", "EndpointOnly", "NobodyDeletes"}
"""Statements of the deployed bucket policies (`components/data`)."""


class FakeAws:
    """boto3 clients of an account in which each call has a planned answer."""

    def __init__(self, error: str | None) -> None:
        self.error = error
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.exceptions = type("Exceptions", (), {"EntityAlreadyExistsException": KeyError})

    def administrator(self, service: str, account: str) -> Any:
        return self

    def role(self, service: str, account: str, role: str, region: str = "") -> Any:
        return Refusing(self.error)

    def __getattr__(self, name: str) -> Any:
        return lambda **parameters: self.calls.append((name, parameters))


def replace_administrator(aws: FakeAws, client: Any) -> FakeAws:
    """The clients, with another administrator for all services but IAM, which creates the roles of the run."""
    aws.administrator = lambda service, account: aws if service == "iam" else client
    return aws


class Refusing:
    """A client whose operations raise an error, or succeed."""

    def __init__(self, error: str | None) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def call(**parameters: Any) -> None:
            if self.error:
                response = {"Error": {"Code": self.error}, "ResponseMetadata": {"RequestId": "r-1"}}
                raise ClientError(response, name)  # pyright: ignore[reportArgumentType]

        return call


def result_of(scenario: Scenario, error: str | None, denial: Mapping[str, Any] | None) -> tuple[Result, FakeAws]:
    aws = FakeAws(error)
    [result] = run([scenario], aws, {"ml-prod": "4" * 12, "ml-dev": "2" * 12}, lambda _: denial)
    return result, aws


def denied_by(sid: str) -> Mapping[str, Any]:
    return {"statements": [{"sid": sid}], "missing": ""}


def test_library_is_large_and_names_statements_that_exist() -> None:
    attacks = [scenario for scenario in LIBRARY if scenario.attack]
    assert len(attacks) >= 120
    assert len(attacks) == len(LIBRARY)
    known = {sid for control in CONTROLS.values() for sid in sids(control)}
    assert {scenario.expect for scenario in attacks} <= known | OF_A_BUCKET_POLICY
    by_tactic = Counter(scenario.tactic for scenario in attacks)
    assert by_tactic["privilege escalation"] >= 20
    assert len(by_tactic) >= 6
    assert {scenario.persona for scenario in LIBRARY} <= set(ROLES)


def test_paragraph_of_a_scenario_is_in_the_security_rule() -> None:
    cited = {citation.paragraph for control in CONTROLS.values() for citation in control.citations}
    assert {scenario.paragraph for scenario in LIBRARY if scenario.attack} <= cited
    assert reference.services() > {"iam"}


@pytest.mark.parametrize(
    ("error", "denial", "ok"),
    [
        ("AccessDenied", denied_by("F4Trail"), True),
        ("AccessDenied", denied_by("F5Config"), False),
        ("AccessDenied", {"statements": [], "missing": "identity policy"}, False),
        ("TrailNotFoundException", None, False),
        (None, None, False),
    ],
)
def test_attack_is_stopped_by_the_expected_statement_only(
    error: str | None, denial: Mapping[str, Any] | None, ok: bool
) -> None:
    result, aws = result_of(ATTACK, error, denial)
    assert result.ok is ok
    assert [name for name, _ in aws.calls][-2:] == ["delete_role_policy", "delete_role"], "the run deletes its roles"


@pytest.mark.parametrize(("error", "ok"), [(None, True), ("AccessDenied", False), ("ValidationException", False)])
def test_legitimate_action_has_to_succeed(error: str | None, ok: bool) -> None:
    result, _ = result_of(WORK, error, denied_by("F7Regions") if error == "AccessDenied" else None)
    assert result.ok is ok


def test_report_shows_every_scenario_and_escapes_text() -> None:
    stopped, _ = result_of(ATTACK, "AccessDenied", denied_by("F4Trail"))
    through, _ = result_of(replace(ATTACK, id="<b>", parameters={"TrailName": "{account}"}), None, None)
    text = page([stopped, through])
    assert "&lt;b&gt;" in text
    assert "1 of 2 attacks were stopped" in text
    assert document([stopped])["ok"] is True
    assert document([stopped, through])["ok"] is False
    assert document([])["ok"] is False


PERSONAS = ("data scientist", "ML engineer", "pipeline", "on-call engineer", "auditor")


def test_work_of_every_persona_and_of_aws_services_is_in_the_library() -> None:
    assert len(SCRIPTS) >= 60
    by_persona = Counter(script.persona for script in SCRIPTS)
    assert all(by_persona[persona] >= 8 for persona in PERSONAS)
    services = set(by_persona) - set(PERSONAS)
    assert services == {"AWS Config", "IAM Access Analyzer", "AWS Trusted Advisor", "GuardDuty malware protection"}
    assert set(by_persona) <= set(ROLES)


@pytest.mark.parametrize(("error", "ok"), [(None, True), ("AccessDenied", False)])
def test_script_succeeds_only_if_every_call_does(error: str | None, ok: bool) -> None:
    script = next(script for script in SCRIPTS if script.id == "on-call-looks-at-routes")
    aws = FakeAws(error)
    denial = denied_by("F7Regions") if error else None
    [result] = run([], aws, {"ml-prod": "4" * 12}, lambda _: denial, [script])
    assert result.ok is ok
    assert result.stopped_by == (["F7Regions"] if error else ())
    assert result.calls == ["ec2:describe_route_tables", "ec2:describe_network_acls", "ec2:describe_flow_logs"]
    assert [name for name, _ in aws.calls][-2:] == ["delete_role_policy", "delete_role"], "the run deletes its roles"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.id)
def test_script_deletes_what_it_creates(script: Script) -> None:
    """Jobs have no deletion in SageMaker; the log stream goes with its group."""
    lasting = {"create_key": "schedule_key_deletion", "create_training_job": "", "create_processing_job": ""}
    lasting["create_log_stream"] = ""
    steps = [step.operation for step in (*script.prepare, *script.steps)]
    deletions = [lasting.get(name, name.replace("create_", "delete_")) for name in steps if name.startswith("create_")]
    made = Counter(name for name in deletions if name)
    gone = Counter(step.operation for step in (*script.steps, *script.clean))
    assert made <= gone


def test_what_a_script_leaves_behind_is_reported() -> None:
    script = next(script for script in SCRIPTS if script.id == "engineer-creates-a-table")
    aws = FakeAws(None)
    refusing = replace_administrator(aws, Refusing("AccessDenied"))
    [result] = run([], refusing, {"ml-dev": "4" * 12}, lambda _: denied_by("D6Backups"), [script])
    assert result.ok
    assert [line.split()[:2] for line in result.left] == [["dynamodb:delete_table", "denied"]]
    assert document([result])["results"][0]["left"] == list(result.left)


def test_accounts_that_parameters_name_are_listed() -> None:
    parameters = {"owner": "{account:shared-services}", "names": ["x-{account:ml-prod}-{account}", 1]}
    assert named_accounts(parameters) == {"shared-services", "ml-prod"}


def test_report_is_grouped_by_tactic_and_paragraph() -> None:
    stopped, _ = result_of(ATTACK, "AccessDenied", denied_by("F4Trail"))
    done, _ = result_of(WORK, None, None)
    text = page([stopped, done])
    assert f"{TITLES[ATTACK.expect][0]} {TITLES[ATTACK.expect][1]}" in text
    assert text.index("By tactic") < text.index("By paragraph") < text.index(f"45 CFR {ATTACK.paragraph}")
    assert "Not as expected" not in text
    failed = page([stopped, replace(done, outcome="denied", message="why it failed")])
    assert failed.index("why it failed") < failed.index("By tactic"), "what is not as expected comes first"


def test_report_shows_a_scenario_of_several_accounts_once() -> None:
    stopped, _ = result_of(replace(ATTACK, id="ml-prod-one", account="ml-prod"), "AccessDenied", denied_by("F4Trail"))
    same = replace(stopped, scenario=replace(stopped.scenario, id="ml-dev-one", account="ml-dev"))
    assert page([stopped, same]).count("<td>One</td>") == 1
    assert "ml-prod, ml-dev" in page([stopped, same])
    other = replace(same, outcome="succeeded", stopped_by=())
    assert page([stopped, other]).count("<td>One</td>") == 3, "once as not as expected, and once for each outcome"


def test_key_of_a_scenario_is_that_of_its_alias() -> None:
    class Keys(FakeAws):
        def describe_key(self, KeyId: str) -> Any:  # noqa: N803 - boto3's name
            return {"KeyMetadata": {"Arn": f"arn:of:{KeyId}"}}

        def role(self, service: str, account: str, role: str, region: str = "") -> Any:
            return self

    aws = Keys(None)
    scenario = replace(ATTACK, service="kms", operation="disable_key", parameters={"KeyId": "{key:alias/hipaa-ml-phi}"})
    run([scenario], aws, {"ml-prod": "4" * 12, "ml-dev": "2" * 12}, lambda _: None)
    assert ("disable_key", {"KeyId": "arn:of:alias/hipaa-ml-phi"}) in aws.calls


ESCALATION = {
    "create a policy version": "iam-create-policy-version",
    "set the default policy version": "iam-set-default-policy-version",
    "create an access key of another user": "iam-create-access-key",
    "create a login profile": "iam-create-login-profile",
    "update a login profile": "iam-update-login-profile",
    "attach a policy to a user": "iam-attach-user-policy",
    "attach a policy to a role": "iam-attach-role-policy",
    "put a policy of a user": "iam-put-user-policy",
    "put a policy of a role": "iam-put-role-policy",
    "add a user to a group": "iam-add-user-to-group",
    "update the trust policy of a role": "iam-update-assume-role-policy",
    "remove a boundary": "iam-delete-role-permissions-boundary",
    "replace a boundary": "iam-put-role-permissions-boundary",
    "create a role without boundary": "iam-create-role",
    "pass a role to a function": "pass-role-to-function",
    "pass a role to a stack": "pass-role-to-stack",
    "pass a role to a Glue endpoint": "pass-role-to-glue-endpoint",
    "pass a role to a Glue job": "pass-role-to-glue-job",
    "pass a role to a notebook": "pass-role-to-notebook",
    "pass a role to a build": "pass-role-to-build",
    "pass a role to a container task": "pass-role-to-task",
    "pass a role to a state machine": "pass-role-to-state-machine",
    "tag a role with a team": "iam-tag-role-2",
    "tag a session with a team": "session-of-another-team",
}
"""Known path of IAM privilege escalation -> scenario, without the account."""


def test_known_paths_of_privilege_escalation_are_attacked() -> None:
    assert len(ESCALATION) >= 20
    ids = {scenario.id for scenario in LIBRARY}
    assert {path for path, name in ESCALATION.items() if f"ml-prod-{name}" not in ids} == set()
