"""What an existing organisation has, and what the first deployment would do with it. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from inspection.aws import Aws, pages
from operations import adoption_services
from operations.adoption_model import Outcome, Part
from zone.settings import Settings

NO_ORGANIZATION: Final = "AWSOrganizationsNotInUseException"
ROOT: Final = ""
"""Path of the root of the tree of OUs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Existing:
    """The organisation as AWS has it."""

    id: str
    features: str
    units: Mapping[str, str]
    """Path -> id of an OU."""
    accounts: Sequence[Mapping[str, Any]]
    """Accounts, as `ListAccounts` gives them."""
    placement: Mapping[str, str]
    """Account id -> path of its OU."""


def adoption(settings: Settings, aws: Aws) -> list[Part]:
    """Compares an organisation with the settings.

    Args:
        settings: settings of the zone.
        aws: read access to the management account, and to the accounts that exist.

    Returns:
        Every part of the organisation with what the first deployment does with it.

    Raises:
        ClientError: the management account cannot be read.
    """
    existing = read_organization(aws)
    if existing is None:
        parts = [_part("organization", "organization", "none", "create")]
        parts += [_part("OU", path, "none", "create") for path in settings.organizational_units]
        parts += [_part("account", key, "none", "create") for key in settings.accounts]
        return [*parts, *adoption_services.singletons(settings, aws, {})]
    accounts = matched_accounts(settings, existing)
    return [
        _organization(settings, existing),
        *_units(settings, existing),
        *_accounts(settings, existing, accounts),
        *adoption_services.trusted_access(aws),
        *adoption_services.administrators(settings, aws, accounts),
        *adoption_services.trails(settings, aws),
        *adoption_services.singletons(settings, aws, accounts),
        *adoption_services.in_accounts(settings, aws, accounts),
    ]


def read_organization(aws: Aws) -> Existing | None:
    """The organisation; None when the account is in none."""
    client = aws.client("organizations")
    try:
        organization = client.describe_organization()["Organization"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == NO_ORGANIZATION:
            return None
        raise
    units: dict[str, str] = {}
    placement: dict[str, str] = {}
    open_units = [(ROOT, root["Id"]) for root in pages(client, "list_roots", "Roots")]
    while open_units:
        path, parent = open_units.pop()
        for account in pages(client, "list_accounts_for_parent", "Accounts", ParentId=parent):
            placement[account["Id"]] = path
        for unit in pages(client, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent):
            child = f"{path}/{unit['Name']}" if path else str(unit["Name"])
            units[child] = unit["Id"]
            open_units.append((child, unit["Id"]))
    return Existing(
        id=organization["Id"],
        features=organization["FeatureSet"],
        units=units,
        accounts=list(pages(client, "list_accounts", "Accounts")),
        placement=placement,
    )


def matched_accounts(settings: Settings, existing: Existing) -> Mapping[str, Mapping[str, Any]]:
    """Key of an account of the settings -> the account of the organisation with its id, e-mail address or name."""
    matched: dict[str, Mapping[str, Any]] = {}
    for key, account in settings.accounts.items():
        for entry in existing.accounts:
            same_email = str(entry["Email"]).lower() == account.email.lower()
            if entry["Id"] == account.id or (
                account.id is None and (same_email or entry["Name"] == (account.name or key))
            ):
                matched[key] = entry
    return matched


def configuration(parts: Sequence[Part]) -> Mapping[str, Any]:
    """The values to set, as they stand in `Pulumi.yaml`: key of the project -> `value:` with nested keys."""
    values: dict[str, Any] = {}
    for part in parts:
        for path, value in part.configuration.items():
            *above, last = path
            branch = values
            for key in above:
                branch = branch.setdefault(key, {})
            if isinstance(value, list):
                branch[last] = sorted({*branch.get(last, []), *value})
            else:
                branch[last] = value
    return {key: {"value": value} for key, value in values.items()}


def _part(kind: str, name: str, state: str, outcome: Outcome, **more: Any) -> Part:
    return Part(kind=kind, name=name, found=state, outcome=outcome, **more)


def _organization(settings: Settings, existing: Existing) -> Part:
    declared = settings.organization.id
    state = f"{existing.id} with the feature set {existing.features}"
    if declared not in (None, existing.id):
        remedy = f"organization.id is {declared}: set it to {existing.id}"
        return _part("organization", "organization", state, "conflict", remedy=remedy)
    if existing.features != "ALL":
        remedy = 'Enable all features (Organizations User Guide, "Enabling all features"): policies need them'
        return _part("organization", "organization", state, "conflict", remedy=remedy)
    values = {} if declared else {("organization", "id"): existing.id}
    return _part("organization", "organization", state, "adopt", configuration=values)


def _units(settings: Settings, existing: Existing) -> Iterator[Part]:
    for path in settings.organizational_units:
        identifier = existing.units.get(path)
        if identifier is None:
            yield _part("OU", path, "none", "create")
            continue
        values = {("organizational_unit_ids", path): identifier}
        known = settings.organizational_unit_ids.get(path) == identifier
        yield _part("OU", path, identifier, "adopt", configuration={} if known else values)
    for path, identifier in sorted(existing.units.items()):
        if path not in settings.organizational_units:
            yield _part("OU", path, identifier, "keep", remedy="Not in organizational_units: it stays unmanaged")


def _accounts(settings: Settings, existing: Existing, matched: Mapping[str, Mapping[str, Any]]) -> Iterator[Part]:
    for key, account in settings.accounts.items():
        entry = matched.get(key)
        if account.state == "closed":
            yield _part("account", key, entry["Status"] if entry else "none", "keep", remedy="closed")
        elif entry is None:
            outcome: Outcome = "conflict" if account.id else "create"
            remedy = f"{account.id} is not in the organization: invite it, or correct accounts.{key}.id"
            yield _part("account", key, "none", outcome, remedy=remedy if account.id else "")
        else:
            yield _matched(settings, key, entry, existing.placement.get(entry["Id"], ROOT))
    ids = {entry["Id"] for entry in matched.values()} | {settings.management_account_id}
    for entry in existing.accounts:
        if entry["Id"] not in ids:
            state = f"{entry['Id']} ({entry['Status']}) in {existing.placement.get(entry['Id']) or 'the root'}"
            excluded = settings.security.excluded_account_ids
            known = entry["Id"] in excluded
            values = {} if known else {("security", "excluded_account_ids"): [*excluded, entry["Id"]]}
            remedy = "Not in accounts: it stays unmanaged, and gets no conformance packs"
            yield _part("account", entry["Name"], state, "keep", remedy=remedy, configuration=values)


def _matched(settings: Settings, key: str, entry: Mapping[str, Any], unit: str) -> Part:
    """An account of the settings that exists, in the OU with a path."""
    account = settings.accounts[key]
    values: dict[tuple[str, ...], Any] = {} if account.id else {("accounts", key, "id"): entry["Id"]}
    if entry["Name"] != (account.name or key):
        values["accounts", key, "name"] = entry["Name"]
    state = f"{entry['Id']} ({entry['Name']}, {entry['Status']}) in {unit or 'the root'}"
    if entry["Status"] != "ACTIVE" and account.state == "active":
        remedy = f"Set accounts.{key}.state, or reopen the account within 90 days of its closure"
        return _part("account", key, state, "conflict", remedy=remedy)
    if unit != account.ou:
        return _part("account", key, state, "change", configuration=values, remedy=f"It is moved to {account.ou}")
    return _part("account", key, state, "adopt", configuration=values)
