"""Checks of the key `packages` against the rest of the settings."""

from collections.abc import Iterator

from controls import endpoint_services
from zone.settings.errors import Problem, suggestion
from zone.settings.model import Settings
from zone.settings.placement import account_placement


def problems(settings: Settings) -> Iterator[Problem]:
    """What of the repositories does not fit the accounts and the regions."""
    packages = settings.packages
    if packages is None:
        return
    allowed = [name for name in settings.active_accounts if account_placement(settings, name).kind == "infrastructure"]
    path = ("packages", "account")
    known = ", ".join(allowed) or "none, so remove the key `packages` or declare an account of the kind infrastructure"
    if packages.account not in settings.accounts:
        yield Problem(
            path=path,
            message=f"no account {packages.account!r}{suggestion(packages.account, allowed)}; allowed: {known}",
        )
    elif packages.account not in allowed:
        yield Problem(
            path=path,
            message=f"{packages.account!r} is not an active account of the kind infrastructure; allowed: {known}",
        )
    primary = settings.regions.primary
    if not endpoint_services.offered("codeartifact.api", primary):
        yield Problem(path=("packages",), message=f"AWS CodeArtifact is not offered in {primary}; remove the key")
