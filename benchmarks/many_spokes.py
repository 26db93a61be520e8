"""Writes the zone's configuration with any number of spoke accounts: for benchmarks of the network and of its reach."""

import ipaddress
from pathlib import Path

import yaml

ENVIRONMENTS = (("dev", "Workloads/ML-Dev"), ("staging", "Workloads/ML-Staging"), ("prod", "Workloads/ML-Prod"))


def write(folder: Path, spokes: int) -> list[str]:
    """Adds accounts to `Pulumi.yaml` of a copy until there are as many spokes; gives the environments of all."""
    file = folder / "Pulumi.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    config = content["config"]
    accounts = config["hipaa-ml:accounts"]["value"]
    network = config["hipaa-ml:network"]["value"]
    taken = [
        ipaddress.IPv4Network(account["networks"]["us-east-1"])
        for account in accounts.values()
        if "networks" in account
    ]
    free = (
        block
        for block in ipaddress.IPv4Network(network["supernets"]["us-east-1"]).subnets(new_prefix=20)
        if not any(block.overlaps(network_block) for network_block in taken)
    )
    segmented_accounts = [name for segment in network["segments"].values() for name in segment.get("accounts", ())]
    for number in range(spokes - len(segmented_accounts)):
        environment, unit = ENVIRONMENTS[number % len(ENVIRONMENTS)]
        name = f"team-{number:04d}"
        accounts[name] = {
            "email": f"aws+{name}@hospital.example",
            "ou": unit,
            "networks": {"us-east-1": str(next(free))},
        }
        network["segments"][environment]["accounts"].append(name)
        segmented_accounts.append(name)
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return [name.removeprefix("ml-") for name in segmented_accounts]
