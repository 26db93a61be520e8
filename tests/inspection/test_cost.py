"""The bill of a network: checked by hand once, and it grows with what grows."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.errors import UsageError
from cli.main import app
from inspection.cost import KEYS, NetworkSize, PriceError, TrackingSize, Traffic, bill, prices, total


def sized(spokes: int, region: str = "us-east-1") -> NetworkSize:
    return NetworkSize(
        region=region,
        spokes=spokes,
        zones=2,
        services=25,
        names=24,
        inspected=True,
        profile=True,
        peered=False,
        keys=1,
    )


def test_the_bill_is_what_a_person_adds_up() -> None:
    estimate = bill([sized(3)], Traffic(endpoints=1000, egress=100))
    central = 25 * 2 * 0.01 * 730 + 1000 * 0.01 + 0.05 * 730 + 1000 * 0.02 + 24 * 0.50 + 0.75 * 730
    shared = 3 * 0.05 * 730 + 0.05 * 730 + 2 * 0.395 * 730 + 100 * 0.065 + 100 * 0.02 + 2 * 0.005 * 730 + 1
    assert total(estimate.central) == pytest.approx(central)
    assert estimate.total == pytest.approx(central + shared)
    assert total(estimate.distributed) == pytest.approx(3 * 25 * 2 * 0.01 * 730 + 1000 * 0.01)


def test_central_endpoints_pay_from_some_spoke_on() -> None:
    def saved(spokes: int) -> float:
        estimate = bill([sized(spokes)], Traffic())
        return total(estimate.distributed) - total(estimate.central)

    assert saved(1) < 0 < saved(10)


def test_every_price_has_its_page_and_its_date() -> None:
    assert all(price.source.startswith("aws.amazon.com/") and price.as_of[:2] == "20" for price in prices().values())


def test_price_states_its_verification() -> None:
    assert {price.verified for price in prices().values()} <= {"aws", "third-party", "no"}
    assert all(bool(price.checked_against) == (price.verified != "no") for price in prices().values())


def test_estimate_lists_unverified_prices_of_its_regions() -> None:
    estimate = bill([sized(1, "us-west-2")], Traffic())
    assert estimate.unverified == [
        "interface-endpoint in us-west-2",
        "firewall-endpoint in us-west-2",
        "firewall-data in us-west-2",
    ]


def test_profiles_cost_more_for_each_vpc_beyond_a_hundred() -> None:
    def profiles(spokes: int) -> float:
        return sum(
            item.monthly for item in bill([sized(spokes)], Traffic()).central if "profile" in item.description.lower()
        )

    assert profiles(100) == pytest.approx(0.75 * 730)
    assert profiles(200) == pytest.approx(0.75 * 730 + 100 * 0.0014 * 730)


def test_region_without_prices_is_refused_with_alternatives() -> None:
    with pytest.raises(PriceError) as refused:
        bill([sized(1, "eu-west-1")], Traffic())
    assert str(refused.value) == (
        "inspection/prices.csv has no price of interface-endpoint in 'eu-west-1'; "
        "regions: us-east-1, us-east-2, us-west-2"
    )


def server(**changes: object) -> TrackingSize:
    values = {"region": "us-east-1", "tasks": 2, "processors": 1, "gigabytes": 4, "storage": 100}
    return TrackingSize(**{**values, "instance_class": "db.m7g.large", **changes})  # pyright: ignore[reportArgumentType]


def test_an_mlflow_server_costs_what_a_person_adds_up() -> None:
    without, estimate = bill([sized(3)], Traffic()), bill([sized(3)], Traffic(), [server()])
    compute = 2 * 730 * (0.04048 + 4 * 0.004445)
    assert estimate.total - without.total == pytest.approx(compute + 730 * (0.0225 + 0.008 + 0.337) + 100 * 0.23)
    assert "postgresql-db.m7g.large in us-east-1" in estimate.unverified
    assert not [price for price in without.unverified if "postgresql" in price or "load-balancer" in price]


def test_an_instance_class_without_a_price_is_named() -> None:
    with pytest.raises(PriceError, match=r"no price of postgresql-db\.r8g\.large in 'us-east-1'"):
        bill([sized(1)], Traffic(), [server(instance_class="db.r8g.large")])


@pytest.mark.parametrize("gigabytes", ["inf", "nan", "1e300"])
def test_traffic_without_bound_is_refused(gigabytes: str) -> None:
    refused = CliRunner().invoke(app, ["cost", "--egress-gb", gigabytes])
    assert refused.exit_code != 0
    if gigabytes != "nan":  # no number: refused by the range of the option
        assert isinstance(refused.exception, UsageError)
        assert "allowed: 0 to 10,000,000 gigabytes" in str(refused.exception)


def test_keys_are_no_part_of_the_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    project = Path(__file__).parents[2] / "Pulumi.yaml"
    (tmp_path / "Pulumi.yaml").write_text(project.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    output = CliRunner().invoke(app, ["cost"]).output
    network, keys = output.split("Encryption keys of all deployed stacks")
    assert KEYS not in network
    assert KEYS in keys
    assert "Not compared with a published price: " in output
