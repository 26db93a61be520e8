"""Runs scenarios against the emulated organization and compares what stopped them with what must stop them."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from inspection.attack.scenarios import ALLOWED, Scenario
from inspection.attack.work import Script, Step

ROLES: Final[Mapping[str, str]] = {
    "intruder": "zone-attack-intruder",
    "member of oncology": "zone-attack-oncologist",
    "data scientist": "zone-attack-scientist",
    "ML engineer": "zone-attack-engineer",
    "auditor": "zone-attack-auditor",
    "pipeline": "zone-attack-pipeline",
    "on-call engineer": "zone-attack-on-call",
    "AWS Config": "aws-service-role/config.amazonaws.com/ZoneAttackConfig",
    "IAM Access Analyzer": "aws-service-role/access-analyzer.amazonaws.com/ZoneAttackAnalyzer",
    "AWS Trusted Advisor": "aws-service-role/trustedadvisor.amazonaws.com/ZoneAttackAdvisor",
    "GuardDuty malware protection": "aws-service-role/malware-protection.guardduty.amazonaws.com/ZoneAttackScan",
}
"""Persona -> path and name of the role that a run creates in the account and deletes again.

The roles of AWS services have the paths of service-linked roles, which SCPs and RCPs do not bind. In AWS, only AWS
itself creates such roles."""
TAGS: Final[Mapping[str, Mapping[str, str]]] = {"member of oncology": {"team": "oncology"}}
"""Persona -> tags of its role: the access role gives them, which F12 denies others."""
WORK: Final = "daily work"
"""Tactic of a script of daily work."""
ACCESS: Final = "164.308(a)(4)(i)"
"""Paragraph of 45 CFR 164 that asks for access to work with: information access management."""
_ACCOUNT: Final = re.compile(r"\{account:([a-z0-9-]+)\}")
"""Placeholder of the id of an account by its name."""
FULL_ACCESS: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class Clients(Protocol):
    """boto3 clients of the accounts, entered as a role."""

    def administrator(self, service: str, account: str) -> Any:
        """A client of the account's access role, which the guardrails exempt."""
        ...

    def role(self, service: str, account: str, role: str, region: str = "") -> Any:
        """A client of a session of another role, in the primary region unless a region is given."""
        ...


Explain = Callable[[str], Mapping[str, Any] | None]
"""Request id -> the denial that the emulated AWS keeps; None for a request that was not denied."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """A scenario and what happened."""

    scenario: Scenario
    outcome: str
    """`denied`, `succeeded`, or the error that is no authorization decision."""
    stopped_by: Sequence[str]
    """Sids, or the policy type in which nothing allows the call."""
    message: str = ""
    title: str = ""
    """What a script of daily work does."""
    calls: Sequence[str] = ()
    """The calls of the script, `service:operation`."""
    left: Sequence[str] = ()
    """Why calls that delete what the script created failed: what they name is left in the account."""

    @property
    def ok(self) -> bool:
        """Whether the expected statement denied an attack, or a legitimate action succeeded."""
        if self.scenario.attack:
            return self.outcome == "denied" and self.scenario.expect in self.stopped_by
        return self.outcome == "succeeded"


class Roles:
    """The roles of personas, created for a run and deleted after it."""

    def __init__(self, clients: Clients, accounts: Mapping[str, str]) -> None:
        self._clients = clients
        self._accounts = accounts
        self._created: list[tuple[str, str]] = []

    def role(self, account: str, persona: str) -> str:
        """Returns the name of the persona's role in the account, and creates the role if this run has not."""
        name = ROLES[persona]
        if (account, name) not in self._created:
            self._create(account, name, TAGS.get(persona, {}))
        return name

    def delete(self) -> None:
        """Deletes the roles of the run."""
        for account, name in self._created:
            iam = self._clients.administrator("iam", self._accounts[account])
            role = name.rpartition("/")[2]
            iam.delete_role_policy(RoleName=role, PolicyName="all")
            iam.delete_role(RoleName=role)
        self._created.clear()

    def _create(self, account: str, name: str, tags: Mapping[str, str]) -> None:
        number = self._accounts[account]
        iam = self._clients.administrator("iam", number)
        trust = {"Effect": "Allow", "Principal": {"AWS": number}, "Action": "sts:AssumeRole"}
        path, _, role = name.rpartition("/")
        with suppress(iam.exceptions.EntityAlreadyExistsException):  # a run that was killed has left it
            iam.create_role(
                RoleName=role,
                Path=f"/{path}/" if path else "/",
                AssumeRolePolicyDocument=_document(trust),
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
        self._created.append((account, name))
        iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=_document(FULL_ACCESS))


def run(
    library: Sequence[Scenario],
    clients: Clients,
    accounts: Mapping[str, str],
    explain: Explain,
    work: Sequence[Script] = (),
) -> Sequence[Result]:
    """Runs scenarios and scripts of daily work one after another.

    Args:
        library: the scenarios; those of accounts that the zone does not have are left out by the caller.
        clients: boto3 clients.
        accounts: account name -> id.
        explain: denials by request id.
        work: the scripts; those of accounts that the zone does not have are left out by the caller.
    """
    roles = Roles(clients, accounts)
    try:
        attacks = [_run(scenario, roles, clients, accounts, explain) for scenario in library]
        return [*attacks, *(_work(script, roles, clients, accounts, explain) for script in work)]
    finally:
        roles.delete()


def _work(script: Script, roles: Roles, clients: Clients, accounts: Mapping[str, str], explain: Explain) -> Result:
    """Runs the calls of a script until one fails; its preparation is made and cleaned by the access role."""
    number, role = accounts[script.account], roles.role(script.account, script.persona)
    values = {"run": uuid4().hex[:8]}

    def call(step: Step, client: Any) -> tuple[Result, Any]:
        scenario = Scenario(
            id=script.id,
            tactic=WORK,
            paragraph=ACCESS,
            account=script.account,
            persona=script.persona,
            service=step.service,
            operation=step.operation,
            parameters=_filled(step.parameters, number, accounts, values),
            expect=ALLOWED,
        )
        return _call(client, scenario, explain)

    planned = [(step, clients.administrator(step.service, number)) for step in script.prepare]
    planned += [(step, clients.role(step.service, number, role, script.region)) for step in script.steps]
    results: list[Result] = []
    for step, client in planned:
        result, answer = call(step, client)
        results.append(result)
        if not result.ok:
            break
        values |= {name: str(_at(answer, path)) for name, path in step.save.items()}
    left: list[str] = []
    for step in script.clean:
        if not _saved(step) <= values.keys():
            continue  # The call that creates it failed.
        result, _ = call(step, clients.administrator(step.service, number))
        if not result.ok:
            left.append(f"{step.service}:{step.operation} {result.outcome} {result.message}".rstrip())
    calls = [f"{step.service}:{step.operation}" for step in script.steps]
    return replace(results[-1], title=script.title, calls=calls, left=left)


def _saved(step: Step) -> set[str]:
    """The names of the values that the parameters of a step take from earlier steps."""
    return set(re.findall(r"\{(\w+)\}", json.dumps(step.parameters))) - {"account"}


def _at(answer: Any, path: str) -> Any:
    """The value at a dotted path of an answer; a number names an item of a list."""
    for key in path.split("."):
        answer = answer[int(key)] if isinstance(answer, list) else answer[key]
    return answer


def _run(scenario: Scenario, roles: Roles, clients: Clients, accounts: Mapping[str, str], explain: Explain) -> Result:
    number = accounts[scenario.account]
    client = clients.role(scenario.service, number, roles.role(scenario.account, scenario.persona))
    parameters = _filled(scenario.parameters, number, accounts, {})
    keys = clients.administrator("kms", number) if "{key:" in json.dumps(parameters) else None
    called = replace(scenario, parameters=_with_keys(parameters, keys))
    return replace(_call(client, called, explain)[0], scenario=scenario)


def _call(client: Any, scenario: Scenario, explain: Explain) -> tuple[Result, Any]:
    """Makes one call; returns its result and AWS's answer."""
    try:
        answer = getattr(client, scenario.operation)(**scenario.parameters)
    except ClientError as error:
        return _refused(scenario, error, explain), None
    except BotoCoreError as error:
        return Result(scenario=scenario, outcome=type(error).__name__, stopped_by=(), message=str(error)), None
    return Result(scenario=scenario, outcome="succeeded", stopped_by=()), answer


def _refused(scenario: Scenario, error: ClientError, explain: Explain) -> Result:
    code = str(error.response.get("Error", {}).get("Code", ""))
    denial = explain(str(error.response.get("ResponseMetadata", {}).get("RequestId", "")))
    if denial is None:
        return Result(scenario=scenario, outcome=code, stopped_by=(), message=str(error))
    sids = [str(row["sid"]) for row in denial["statements"]] or [str(denial["missing"])]
    return Result(scenario=scenario, outcome="denied", stopped_by=sids, message=str(error))


def named_accounts(parameters: Any) -> set[str]:
    """The names of the accounts that parameters of scenarios and steps name with `{account:NAME}`."""
    return set(_ACCOUNT.findall(json.dumps(parameters)))


def _filled(value: Any, number: str, accounts: Mapping[str, str], values: Mapping[str, str]) -> Any:
    """A parameter with its placeholders replaced."""
    if isinstance(value, str):
        for name, text in {**values, "account": number}.items():
            value = value.replace(f"{{{name}}}", text)
        return _ACCOUNT.sub(lambda match: accounts[match[1]], value)
    if isinstance(value, dict):
        return {key: _filled(item, number, accounts, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, number, accounts, values) for item in value]
    return value


def _with_keys(value: Any, keys: Any) -> Any:
    """A parameter with the ARN of the key in place of `{key:alias/NAME}`: most operations accept no alias."""
    if isinstance(value, dict):
        return {name: _with_keys(item, keys) for name, item in value.items()}
    if isinstance(value, str) and (named := re.fullmatch(r"\{key:(alias/[\w-]+)\}", value)):
        return keys.describe_key(KeyId=named[1])["KeyMetadata"]["Arn"]
    return value


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
