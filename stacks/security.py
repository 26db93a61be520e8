"""The `security` layer: compliance, threats and exposure of the whole organisation, watched from one member account.

Both regions in one stack: each service is set up region by region, but one policy and one person answer for all of it.
"""

from collections.abc import Mapping

import pulumi

from components import governance as g
from stacks.contracts import OrganizationOutputs, SecurityOutputs
from stacks.providers import Providers
from zone.plan import Plan, graph
from zone.plan.security import conformance_packs, security_account
from zone.settings import MANAGEMENT, Settings


def deploy(plan: Plan) -> SecurityOutputs:
    """Declares the layer and exports its outputs."""
    settings = plan.settings
    name = security_account(settings)  # these two before any resource: what is wrong must not stop half-way
    specs = [
        g.PackSpec(name=conformance_pack.name, template=conformance_pack.template)
        for conformance_pack in conformance_packs(settings)
    ]
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(plan, organization)
    account_id = providers.account_id(name)
    prefix, regions, security = settings.name_prefix, settings.regions, settings.security
    home = providers.options(name)
    boundary_arn = pulumi.Output.format("arn:aws:iam::{0}:policy/{1}", account_id, settings.zone.boundary_policy)
    aggregator = g.ConfigAggregator(
        "config-aggregator",
        g.ConfigAggregatorArgs(prefix=prefix, account_id=account_id, boundary_arn=boundary_arn),
        home,
    )
    hub = g.CentralSecurityHub(
        "security-hub",
        g.CentralSecurityHubArgs(
            prefix=prefix,
            home_region=regions.primary,
            linked_regions=[regions.recovery],
            root_id=organization.root_id,
            existing_account_id=settings.adopted(name, "security-hub"),
        ),
        home,
    )
    members = _members(settings, organization, name)
    discovery = _discovery(settings, members, settings.adopted(name, "macie"))
    excluded = [
        *(providers.account_id(excluded_account) for excluded_account in _excluded(settings)),
        *settings.security.excluded_account_ids,
    ]
    deployed: dict[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]] = {}
    identifiers: dict[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]] = {}
    detectors: dict[str, pulumi.Input[str]] = {}
    topics: dict[str, pulumi.Input[str]] = {}
    for region in regions.all:
        opts = providers.options(name, region)
        primary = region == regions.primary
        deployed[region] = g.ConformancePacks(
            f"conformance-{region}", g.ConformancePacksArgs(packs=specs, excluded_accounts=excluded), opts
        ).arns
        detectors[region] = g.ThreatDetection(
            f"guardduty-{region}",
            g.ThreatDetectionArgs(frequency=security.finding_frequency, detector_id=security.detectors.get(region)),
            opts,
        ).detector_id
        identifiers[region] = g.DataDiscovery(f"macie-{region}", discovery, opts).identifier_arns
        g.VulnerabilityScanning(
            f"inspector-{region}",
            g.VulnerabilityScanningArgs(
                account_id=account_id,
                members={
                    member: providers.account_id(member)
                    for member in (MANAGEMENT, *settings.active_accounts)
                    if member != name
                },
            ),
            opts,
        )
        g.AccessAnalyzers(
            f"access-analyzer-{region}",
            g.AccessAnalyzersArgs(prefix=prefix, unused_access_days=security.unused_access_days if primary else None),
            opts,
        )
        topics[region] = g.FindingAlerts(
            f"findings-{region}",
            g.FindingAlertsArgs(
                prefix=prefix,
                region=region,
                account_id=account_id,
                notify=security.notify or [settings.contacts.security.email],
                home=primary,
            ),
            opts,
        ).topic_arn
    outputs = SecurityOutputs(
        account_id=account_id,
        aggregator_arn=aggregator.arn,
        conformance_packs=deployed,
        detector_ids=detectors,
        data_identifier_arns=identifiers,
        configuration_policy_id=hub.policy_id,
        finding_topic_arns=topics,
    )
    outputs.export()
    return outputs


def _excluded(settings: Settings) -> list[str]:
    """Accounts without conformance packs: those that are configured, and suspended ones, which have no recorder."""
    suspended = [name for name, account in settings.accounts.items() if account.state == "suspended"]
    excluded = [name for name in settings.security.excluded_accounts if name in settings.account_names]
    return list(dict.fromkeys([*excluded, *suspended]))


def _members(settings: Settings, organization: OrganizationOutputs, administrator: str) -> Mapping[str, g.MemberSpec]:
    """Every declared account except the administrator; automatic enabling covers accounts that are created later."""
    emails = {name: account.email for name, account in settings.active_accounts.items() if name != administrator}
    if settings.organization.email is not None:
        emails[MANAGEMENT] = settings.organization.email
    return {name: g.MemberSpec(account_id=organization.account_id(name), email=email) for name, email in emails.items()}


def _discovery(
    settings: Settings, members: Mapping[str, g.MemberSpec], existing_account_id: str | None
) -> g.DataDiscoveryArgs:
    return g.DataDiscoveryArgs(
        members=members,
        existing_account_id=existing_account_id,
        identifiers={
            name: g.IdentifierSpec(
                regex=data_identifier.regex,
                keywords=data_identifier.keywords,
                ignore_words=data_identifier.ignore_words,
                distance=data_identifier.distance,
                description=data_identifier.description,
            )
            for name, data_identifier in settings.security.data_identifiers.items()
        },
        frequency=settings.security.finding_frequency,
    )
