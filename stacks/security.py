"""The `security` layer: compliance, threats and exposure of the whole organisation, watched from one member account.

Both regions in one stack: each service is set up region by region, but one policy and one person answer for all of it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi

from components import governance as g
from controls.conformance import ConformancePack, ManagedRule, PackError, hipaa, ml_phi, packs
from controls.conformance.remediation import REMEDIATIONS
from controls.registry import controls
from stacks import graph
from stacks.configuration.errors import SettingsError
from stacks.configuration.types import Service
from stacks.contracts import OrganizationOutputs, SecurityOutputs
from stacks.providers import Providers
from stacks.settings import Settings

SERVICES: Final[Sequence[Service]] = ("access-analyzer", "config", "guardduty", "inspector", "macie", "securityhub")
"""What the account of this stack is the delegated administrator of."""


def account(settings: Settings) -> str:
    """The name of the account that administers every service of this stack; pure.

    Raises:
        SettingsError: no account does, or several share them.
    """
    found = {service: settings.administrator(service) for service in SERVICES}
    names = {name for name in found.values() if name is not None}
    if len(names) == 1 and None not in found.values():
        return names.pop()
    said = ", ".join(f"{service}: {name or 'nobody'}" for service, name in found.items())
    raise SettingsError(
        [f"accounts.<name>.administers: one account must administer all of {', '.join(SERVICES)}; now {said}"]
    )


def conformance(settings: Settings) -> Sequence[ConformancePack]:
    """The zone's conformance packs, each small enough to be given inline; pure, so that tools can ask for them too.

    Raises:
        SettingsError: naming a parameter's rule that is in no pack, or what AWS's limits refuse.
    """
    given = settings.security.conformance_parameters
    sets = {"hipaa": hipaa(), "ml-phi": ml_phi(controls(settings.zone).values())}
    known = {rule.identifier for rules in sets.values() for rule in rules}
    unknown = sorted(given.keys() - known)
    if unknown:
        raise SettingsError(
            [f"security.conformance_parameters.{one}: no rule of a conformance pack" for one in unknown]
        )
    found: list[ConformancePack] = []
    for name, rules in sets.items():
        found += _inline(f"{settings.name_prefix}-{name}", rules, given)
    return found


def deploy(settings: Settings) -> SecurityOutputs:
    """Declares the layer and exports its outputs."""
    name = account(settings)  # these two before any resource: what is wrong must not stop half-way
    specs = [g.PackSpec(name=one.name, template=one.template) for one in conformance(settings)]
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(settings, organization)
    account_id = providers.account_id(name)
    prefix, regions, security = settings.name_prefix, settings.regions, settings.security
    home = providers.options(name)
    aggregator = g.ConfigAggregator(
        "config-aggregator", g.ConfigAggregatorArgs(prefix=prefix, account_id=account_id), home
    )
    hub = g.CentralSecurityHub(
        "security-hub",
        g.CentralSecurityHubArgs(
            prefix=prefix,
            home_region=regions.primary,
            linked_regions=[regions.recovery],
            root_id=organization.root_id,
        ),
        home,
    )
    excluded = [providers.account_id(one) for one in security.excluded_accounts]
    deployed: dict[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]] = {}
    identifiers: dict[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]] = {}
    detectors: dict[str, pulumi.Input[str]] = {}
    topics: dict[str, pulumi.Input[str]] = {}
    for region in regions.all:
        here = providers.options(name, region)
        primary = region == regions.primary
        deployed[region] = g.ConformancePacks(
            f"conformance-{region}", g.ConformancePacksArgs(packs=specs, excluded_accounts=excluded), here
        ).arns
        detectors[region] = g.ThreatDetection(
            f"guardduty-{region}",
            g.ThreatDetectionArgs(frequency=security.finding_frequency, detector_id=security.detectors.get(region)),
            here,
        ).detector_id
        identifiers[region] = g.DataDiscovery(f"macie-{region}", _discovery(settings), here).identifier_arns
        g.VulnerabilityScanning(f"inspector-{region}", g.VulnerabilityScanningArgs(account_id=account_id), here)
        g.AccessAnalyzers(
            f"access-analyzer-{region}",
            g.AccessAnalyzersArgs(prefix=prefix, unused_access_days=security.unused_access_days if primary else None),
            here,
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
            here,
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


def _inline(
    name: str, rules: Sequence[ManagedRule], given: Mapping[str, Mapping[str, str]]
) -> Sequence[ConformancePack]:
    """Packs of one set of rules; long parameters make a template too large, so it is cut until every part fits."""
    identifiers = {rule.identifier for rule in rules}
    parameters = {one: values for one, values in given.items() if one in identifiers}
    limit = len(rules)
    while True:
        try:
            found = packs(name, rules, parameters, limit, REMEDIATIONS)
        except PackError as error:
            raise SettingsError([f"security.conformance_parameters: {error}"]) from None
        if all(one.inline for one in found):
            return found
        if limit == 1:
            large = next(one for one in found if not one.inline)
            raise SettingsError(
                [f"security.conformance_parameters.{large.rules[0].identifier}: too long for a conformance pack"]
            )
        limit = (limit + 1) // 2


def _discovery(settings: Settings) -> g.DataDiscoveryArgs:
    return g.DataDiscoveryArgs(
        identifiers={
            name: g.IdentifierSpec(
                regex=one.regex,
                keywords=one.keywords,
                ignore_words=one.ignore_words,
                distance=one.distance,
                description=one.description,
            )
            for name, one in settings.security.data_identifiers.items()
        },
        frequency=settings.security.finding_frequency,
    )
