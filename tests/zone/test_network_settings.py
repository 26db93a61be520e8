"""Wrong networks: refused before anything is created, by file, key, value and what is allowed."""

from collections.abc import Callable

import pytest

from tests.zone.test_settings import ROOT, VALUES, Tree, account, edited, refused
from zone.plan import graph, make_plan
from zone.settings import Settings, parse_settings, settings_from_files

Change = Callable[[Tree], object]


def net(**changes: object) -> Change:
    return lambda values: values["network"].update(changes)


def segment(name: str, **changes: object) -> Change:
    return lambda values: values["network"]["segments"].setdefault(name, {}).update(changes)


def both(*changes: Change) -> Change:
    return lambda values: [change(values) for change in changes]


def accepted(*changes: Change) -> Settings:
    return parse_settings(edited(both(*changes)), {})


def segment_egress(name: str, egress: str) -> Change:
    """The egress of a segment."""

    def change(values: Tree) -> None:
        values["network"]["segments"][name]["egress"] = egress

    return change


def more_dev(count: int) -> Change:
    """Further accounts in the development OU, with a network each."""

    def change(values: Tree) -> None:
        for number in range(count):
            name = f"ml-dev-{number}"
            values["accounts"][name] = {
                "email": f"aws+{name}@hospital.example",
                "ou": "Workloads/ML-Dev",
                "networks": {"us-east-1": f"10.64.{number}.0/24"},
            }
            values["network"]["segments"]["dev"]["accounts"].append(name)

    return change


WRONG: dict[str, tuple[Change, list[str]]] = {
    "networks that overlap": (
        account("ml-dev", networks={"us-east-1": "10.48.3.0/24"}),
        ["accounts.ml-dev.networks.us-east-1: 10.48.3.0/24 overlaps with 10.48.0.0/16 of accounts.ml-prod"],
    ),
    "a network outside its supernet": (
        account("ml-dev", networks={"us-east-1": "10.200.0.0/16"}),
        ["accounts.ml-dev.networks.us-east-1: 10.200.0.0/16 is outside 10.0.0.0/9, network.supernets.us-east-1"],
    ),
    "a network without room": (
        account("ml-dev", networks={"us-east-1": "10.16.0.0/26"}),
        ["accounts.ml-dev.networks.us-east-1: 10.16.0.0/26 has no room", "allowed: /24 or larger"],
    ),
    "supernets that overlap": (
        net(supernets={"us-east-1": "10.0.0.0/8", "us-west-2": "10.128.0.0/9"}),
        ["network.supernets.us-west-2: 10.128.0.0/9 overlaps with 10.0.0.0/8 of us-east-1"],
    ),
    "a region without supernet": (net(supernets={"us-east-1": "10.0.0.0/9"}), ["network.supernets: lacks 'us-west-2'"]),
    "a supernet of a strange region": (
        net(supernets={**VALUES["network"]["supernets"], "us-east-2": "172.16.0.0/12"}),
        ["network.supernets.us-east-2: not a region of the zone; allowed: us-east-1, us-west-2"],
    ),
    "a public supernet": (
        net(supernets={"us-east-1": "8.0.0.0/9"}),
        ["network.supernets.us-east-1: '8.0.0.0/9'", "private"],
    ),
    "a segment that is not there": (
        segment("dev", reaches=["shared", "stagin"]),
        [
            "network.segments.dev.reaches.1: no segment 'stagin' is declared (did you mean 'staging'?)",
            "allowed: shared",
        ],
    ),
    "an isolated segment that is not there": (
        net(isolated=[["dev", "lab"]]),
        ["network.isolated.0: no segment 'lab' is declared", "allowed: shared, prod, staging, dev"],
    ),
    "an account that is not there": (
        segment("dev", accounts=["ml-devv"]),
        ["network.segments.dev.accounts.0: no account 'ml-devv' is declared (did you mean 'ml-dev'?)"],
    ),
    "an account without spoke": (
        segment("dev", accounts=["ml-dev", "backup"]),
        ["network.segments.dev.accounts.1: 'backup' has no spoke"],
    ),
    "a spoke in two segments": (
        segment("lab", accounts=["ml-dev"], reaches=["shared"]),
        ["network.segments.lab.accounts.0: 'ml-dev' is in the segments 'dev' and 'lab'"],
    ),
    "a spoke in no segment": (
        segment("dev", accounts=[]),
        ["accounts.ml-dev.networks: 'ml-dev' is in no segment; allowed, in network.segments: prod, staging, dev"],
    ),
    "a network of an account that is no workload": (
        account("backup", networks={"us-east-1": "10.1.0.0/16"}),
        ["accounts.backup.networks: 'backup' is no workload"],
    ),
    "a standby without what it stands by for": (
        account("ml-dev", networks={"us-west-2": "10.144.0.0/16"}),
        ["accounts.ml-dev.networks: lacks 'us-east-1'"],
    ),
    "development that reaches production": (
        segment("dev", reaches=["shared", "prod"]),
        ["network.segments.dev.reaches.1: dev and prod may never reach one another"],
    ),
    "a segment of two environments": (
        both(segment("dev", accounts=["ml-dev", "ml-prod"]), segment("prod", accounts=[])),
        ["network.segments.dev.accounts: holds accounts of dev and prod"],
    ),
    "a reach that is isolated as well": (
        both(more_dev(1), segment("lab", reaches=["shared", "dev"]), net(isolated=[["dev", "lab"]])),
        ["network.segments.lab.reaches.1: contradicts network.isolated: 'lab' and 'dev' are to stay apart"],
    ),
    "a segment without endpoints": (
        segment("dev", reaches=[]),
        ["network.segments.dev.reaches: lacks 'shared': without endpoints no job can run"],
    ),
    "endpoints that call": (
        segment("shared", reaches=["dev"]),
        ["network.segments.shared.reaches.0: endpoints call nobody: remove 'dev'"],
    ),
    "a segment that reaches itself": (
        segment("dev", reaches=["shared", "dev"]),
        ["dev.reaches.1: a segment reaches itself"],
    ),
    "no shared segment": (
        lambda values: values["network"]["segments"].pop("shared"),
        ["network.segments: lacks 'shared'", "network.segments.dev.reaches.0: no segment 'shared'"],
    ),
    "accounts among the endpoints": (
        segment("shared", accounts=["ml-dev"]),
        ["network.segments.shared.accounts: must be empty"],
    ),
    "a name that is taken": (segment("inspection", reaches=["shared"]), ["network.segments.inspection: the name"]),
    "an endpoint service that is none": (
        net(endpoints=["sagemaker.apii"]),
        ["network.endpoints.0: no endpoint service is named 'sagemaker.apii' (did you mean 'sagemaker.api'?)"],
    ),
    "an endpoint twice": (net(endpoints=["kms", "kms"]), ["network.endpoints.1: 'kms' stands here a second time"]),
    "an endpoint that the region does not have": (
        both(
            net(supernets={"ca-central-1": "10.0.0.0/9", "ca-west-1": "10.128.0.0/9"}, endpoints=["kms", "macie2"]),
            lambda values: values.update(
                regions={"primary": "ca-central-1", "recovery": "ca-west-1", "residency": "ca"}
            ),
            lambda values: [
                account.update(
                    networks={
                        {"us-east-1": "ca-central-1", "us-west-2": "ca-west-1"}[region]: cidr
                        for region, cidr in account["networks"].items()
                    }
                )
                for account in values["accounts"].values()
                if "networks" in account
            ],
        ),
        ["network.endpoints.1: AWS offers no endpoint for 'macie2' in ca-west-1"],
    ),
    "more zones than there are": (net(zones=5), ["network.zones: 5 zones: us-west-2 has 4; allowed: 2 to 4"]),
    "one zone": (net(zones=1), ["network.zones: 1"]),
    "domains without egress": (
        both(net(egress="none"), segment_egress("dev", "none")),
        ["network.allowed_domains: must be empty while egress is none"],
    ),
    "a segment's egress without the zone's": (
        net(egress="none", allowed_domains=[]),
        ["network.segments.dev.egress: inspected needs network.egress: inspected; allowed here: none"],
    ),
    "egress that no segment has": (
        segment_egress("dev", "none"),
        ["network.egress: inspected, and no segment has `egress: inspected`; allowed: none, or give it to a segment"],
    ),
    "egress of the endpoints": (
        segment_egress("shared", "inspected"),
        ["network.segments.shared.egress: endpoints call nobody; allowed: none"],
    ),
    "an egress that is none": (net(egress="open"), ["network.egress: 'open'", "none", "inspected"]),
    "a domain that is none": (net(allowed_domains=["*"]), ["network.allowed_domains.0: '*'", "a domain"]),
    "an account for the network that is not there": (
        net(account="netwrk"),
        ["network.account: no account 'netwrk' is declared (did you mean 'network'?)"],
    ),
    "nobody for the network": (
        lambda values: values["accounts"]["network"].pop("administers"),
        ["network.account: must be given: no account administers ipam"],
    ),
    "a network account without networks": (
        account("network", networks={"us-east-1": "10.0.0.0/16"}),
        ["accounts.network.networks: lacks 'us-west-2'"],
    ),
    "a key misspelt": (net(segmnts={}), ["network.segmnts", "did you mean 'segments'?"]),
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda name: name.replace(" ", "-"))
def test_a_wrong_network_is_refused(wrong: str) -> None:
    change, words = WRONG[wrong]
    message = refused(change)
    assert all(word in message for word in words), message
    assert "Pulumi.yaml" in message


def test_a_zone_without_networks_has_no_network_stacks() -> None:
    settings = accepted(
        lambda values: [account.pop("networks", None) for account in values["accounts"].values()],
        net(segments={}),
        lambda values: values.pop("ml", None),
    )
    assert not [name for name in make_plan(settings).stacks.names if name.startswith(("network-", "ml-", "recovery-"))]


def test_new_account_needs_an_entry_and_a_segment() -> None:
    settings = accepted(more_dev(1))
    stacks = make_plan(settings).stacks.names
    assert "ml-dev-0" in stacks
    assert "recovery-dev-0" not in stacks  # it has no network there
    assert make_plan(settings).segment_of("ml-dev-0").name == "dev"


def test_networks_precede_spokes_and_the_primary_region_is_first() -> None:
    settings = settings_from_files(ROOT, "organization")
    stacks = make_plan(settings).stacks.names
    assert stacks.index("network-us-east-1") < stacks.index("network-us-west-2") < stacks.index("ml-dev")
    assert stacks[-3:] == ["recovery-dev", "recovery-staging", "recovery-prod"]
    foundation = ("organization", "audit", "baseline-management")
    network = "network-us-east-1"
    assert make_plan(settings).stacks.needs_of("ml-dev") == (*foundation, "baseline-ml-dev", network)
    assert make_plan(settings).stacks.needs_of("ml-prod") == (*foundation, "baseline-ml-prod", network, "data-prod")
    recovery = make_plan(settings).stacks.needs_of("recovery-prod")
    assert recovery == (*foundation, "baseline-ml-prod", "network-us-west-2", "data-prod", "ml-prod")


def test_stack_needs_the_baselines_whose_deploy_roles_it_assumes() -> None:
    stacks = make_plan(settings_from_files(ROOT, "organization")).stacks
    for stack in stacks.names:
        needs = stacks.needs_of(stack)
        assert ("baseline-management" in needs) is not graph.is_foundation(stack)
    assert "baseline-network" in stacks.needs_of("network-us-west-2")
    assert "baseline-security-tooling" in stacks.needs_of("security")
    assert "baseline-ml-dev" in stacks.needs_of("data-dev")


def test_route_table_drops_spokes_of_other_segments() -> None:
    settings = settings_from_files(ROOT, "organization")
    network = make_plan(settings).network
    dropped = network.segments["dev"].blackholes
    assert {"10.48.0.0/16", "10.176.0.0/16", "10.32.0.0/16", "10.160.0.0/16", "10.0.0.0/8"} <= set(dropped)
    assert not {"10.16.0.0/16", "10.144.0.0/16"} & set(dropped)
    assert network.regions["us-east-1"].remote_routes["dev"] == ["10.144.0.0/16"]
    assert network.segments["dev"].propagated_into == ["dev", "shared", "inspection", "peering"]


def test_without_egress_there_is_no_inspection_table() -> None:
    settings = accepted(net(egress="none", allowed_domains=[]), segment_egress("dev", "none"))
    network = make_plan(settings).network
    assert "inspection" not in network.route_tables
    assert network.segments["dev"].propagated_into == ["dev", "shared", "peering"]
