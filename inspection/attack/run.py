"""Runs scenarios against the emulated organization and compares what stopped them with what must stop them."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from inspection.attack.scenarios import Scenario

ROLES: Final[Mapping[str, str]] = {
    "intruder": "zone-attack-intruder",
    "data scientist": "zone-attack-scientist",
    "ML engineer": "zone-attack-engineer",
    "auditor": "zone-attack-auditor",
}
"""Persona -> role that a run creates in the account and deletes again."""
FULL_ACCESS: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class Clients(Protocol):
    """boto3 clients of the accounts, entered as a role."""

    def administrator(self, service: str, account: str) -> Any:
        """A client of the account's access role, which the guardrails exempt."""
        ...

    def role(self, service: str, account: str, role: str) -> Any:
        """A client of a session of another role."""
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
            self._create(account, name)
        return name

    def delete(self) -> None:
        """Deletes the roles of the run."""
        for account, name in self._created:
            iam = self._clients.administrator("iam", self._accounts[account])
            iam.delete_role_policy(RoleName=name, PolicyName="all")
            iam.delete_role(RoleName=name)
        self._created.clear()

    def _create(self, account: str, name: str) -> None:
        number = self._accounts[account]
        iam = self._clients.administrator("iam", number)
        trust = {"Effect": "Allow", "Principal": {"AWS": number}, "Action": "sts:AssumeRole"}
        with suppress(iam.exceptions.EntityAlreadyExistsException):  # a run that was killed has left it
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
        self._created.append((account, name))
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=_document(FULL_ACCESS))


def run(
    library: Sequence[Scenario], clients: Clients, accounts: Mapping[str, str], explain: Explain
) -> Sequence[Result]:
    """Runs scenarios one after another.

    Args:
        library: the scenarios; those of accounts that the zone does not have are left out by the caller.
        clients: boto3 clients.
        accounts: account name -> id.
        explain: denials by request id.
    """
    roles = Roles(clients, accounts)
    try:
        return [_run(scenario, roles, clients, accounts, explain) for scenario in library]
    finally:
        roles.delete()


def _run(scenario: Scenario, roles: Roles, clients: Clients, accounts: Mapping[str, str], explain: Explain) -> Result:
    number = accounts[scenario.account]
    client = clients.role(scenario.service, number, roles.role(scenario.account, scenario.persona))
    try:
        getattr(client, scenario.operation)(**_filled(scenario.parameters, number, accounts))
    except ClientError as error:
        return _refused(scenario, error, explain)
    except BotoCoreError as error:
        return Result(scenario=scenario, outcome=type(error).__name__, stopped_by=(), message=str(error))
    return Result(scenario=scenario, outcome="succeeded", stopped_by=())


def _refused(scenario: Scenario, error: ClientError, explain: Explain) -> Result:
    code = str(error.response.get("Error", {}).get("Code", ""))
    denial = explain(str(error.response.get("ResponseMetadata", {}).get("RequestId", "")))
    if denial is None:
        return Result(scenario=scenario, outcome=code, stopped_by=(), message=str(error))
    sids = [str(row["sid"]) for row in denial["statements"]] or [str(denial["missing"])]
    return Result(scenario=scenario, outcome="denied", stopped_by=sids, message=str(error))


def _filled(value: Any, number: str, accounts: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        filled = value.replace("{account}", number)
        return re.sub(r"\{account:([a-z-]+)\}", lambda match: accounts[match[1]], filled)
    if isinstance(value, dict):
        return {key: _filled(item, number, accounts) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, number, accounts) for item in value]
    return value


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
