"""Checks of the `sandboxes` key against the rest of the settings."""

from collections.abc import Iterator, Sequence

from zone.settings.errors import Problem, suggestion
from zone.settings.model import Settings
from zone.settings.placement import account_placement, workload_environments


def problems(settings: Settings) -> Iterator[Problem]:
    """What of it does not fit the rest of the settings."""
    accounts = sandbox_accounts(settings)
    environments = workload_environments(settings)
    occupied: dict[str, str] = {}
    for name, sandbox in settings.sandboxes.items():
        path = ("sandboxes", name)
        if name in environments:
            yield Problem(path=path, message=f"{name!r} is the name of an environment; choose another name")
        if sandbox.account not in accounts:
            yield Problem(
                path=(*path, "account"),
                message=f"{sandbox.account!r} is not an account of an OU with the role sandbox"
                f"{suggestion(sandbox.account, accounts)}; allowed: {', '.join(accounts) or 'none is declared'}",
            )
        if sandbox.account in occupied:
            yield Problem(
                path=(*path, "account"),
                message=f"{sandbox.account!r} holds the sandbox {occupied[sandbox.account]!r} already; an account "
                "holds one sandbox: add an account to the OU, or destroy the other sandbox",
            )
        occupied.setdefault(sandbox.account, name)
        models = settings.ml.models
        if sandbox.model not in models:
            yield Problem(
                path=(*path, "model"),
                message=f"no model {sandbox.model!r} is declared{suggestion(sandbox.model, models)}; "
                f"allowed: {', '.join(models) or 'none yet'}",
            )
        elif sandbox_team(settings, sandbox.model) is None:
            yield Problem(path=(*path, "model"), message="needs a team in data.teams, whose data the model is for")


def sandbox_accounts(settings: Settings) -> Sequence[str]:
    """Names of the accounts that can hold a sandbox: the active accounts of OUs with the role `sandbox`."""
    return [
        name
        for name in settings.active_accounts
        if account_placement(settings, name).kind == "sandbox"
        and account_placement(settings, name).environment == "sandbox"
    ]


def sandbox_team(settings: Settings, model: str) -> str | None:
    """The team that works in a sandbox: that of the model's pipeline, else the first; None if there is no team."""
    pipeline = settings.ml.models[model].pipeline
    return pipeline.team if pipeline is not None else next(iter(settings.data.teams), None)
