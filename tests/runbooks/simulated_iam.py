"""IAM's policy simulation, answered by a function: the emulated cloud has none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from runbooks.aws import Aws
from tests.runbooks.recovery_environment import Session

SESSION = "arn:aws:sts::111122223333:assumed-role/hipaa-ml-service-recovery-prod/somebody"

Decision = Callable[[str, str], bool]
"""Action and resource -> whether the request is allowed."""


class SimulatedIam:
    """A client of IAM with the one operation that runbooks use; keeps the requests."""

    def __init__(self, allows: Decision | None = None, error: Exception | None = None) -> None:
        self._allows = allows or (lambda _action, _resource: True)
        self._error = error
        self.requests: list[Mapping[str, Any]] = []

    def get_paginator(self, operation: str) -> "SimulatedIam":
        assert operation == "simulate_principal_policy"
        return self

    def paginate(self, **request: Any) -> Iterator[Mapping[str, Any]]:
        self.requests.append(request)
        if self._error:
            raise self._error
        for action in request["ActionNames"]:
            yield {"EvaluationResults": [self._result(action, request["ResourceArns"])]}

    def _result(self, action: str, resources: Sequence[str]) -> Mapping[str, Any]:
        decisions = {name: "allowed" if self._allows(action, name) else "implicitDeny" for name in resources}
        return {
            "EvalActionName": action,
            "EvalDecision": "allowed" if set(decisions.values()) == {"allowed"} else "implicitDeny",
            "ResourceSpecificResults": [
                {"EvalResourceName": name, "EvalResourceDecision": decision} for name, decision in decisions.items()
            ],
        }


def simulate(monkeypatch: pytest.MonkeyPatch, allows: Decision) -> None:
    """Makes every runbook run as a session of the runbooks' role whose permissions a function decides."""
    iam = SimulatedIam(allows)
    original = Session.client

    def client(self: Session, service: str, *, region_name: str, config: Any) -> Any:
        return _Registered(iam) if service == "iam" else original(self, service, region_name=region_name, config=config)

    monkeypatch.setattr(Session, "client", client)
    monkeypatch.setattr(Aws, "identity", lambda *_: SESSION)


class _Registered:
    """A client that takes event handlers, as `Aws` registers them."""

    def __init__(self, iam: SimulatedIam) -> None:
        self._iam = iam
        self.meta = self
        self.events = self

    def register(self, *_: Any) -> None:
        """No request is sent, so that no event occurs."""

    def get_paginator(self, operation: str) -> SimulatedIam:
        return self._iam.get_paginator(operation)
