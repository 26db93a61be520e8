"""Tells the declared VPCs from others: by account, region, name and network, since anybody may use a name."""

from collections.abc import Mapping
from dataclasses import replace

from inspection.network.declared import Declaration
from inspection.network.model import Network, Vpc
from inspection.network.nodes import vpc_name


def identified(network: Network, declaration: Declaration, primary: str) -> Network:
    """The network in which only declared VPCs have the names of declared ones; others get their id beside the name.

    Args:
        network: the deployed network.
        declaration: the declared one.
        primary: the primary region.
    """
    taken: set[str] = set()
    renamed: dict[str, Vpc] = {}
    attached = {attachment.vpc for attachment in network.attachments.values()}
    # Of two that fit, the one that is attached is the one that carries the spoke's traffic.
    for vpc in sorted(network.vpcs.values(), key=lambda vpc: (vpc.id not in attached, vpc.id)):
        name = vpc_name(vpc, primary)
        if name in taken or not _fits(vpc, name, declaration, network):
            renamed[vpc.id] = replace(vpc, name=f"{vpc.name} ({vpc.id})" if vpc.name != vpc.id else vpc.id)
        else:
            taken.add(name)
    vpcs: Mapping[str, Vpc] = {key: renamed.get(key, vpc) for key, vpc in network.vpcs.items()}
    return replace(network, vpcs=vpcs)


def _fits(vpc: Vpc, name: str, declaration: Declaration, network: Network) -> bool:
    declared = declaration.identities.get(name)
    if declared is None:
        # Nobody else has the name: only a declared one could be mistaken.
        return not declaration.identities or vpc.name not in {key.partition("@")[0] for key in declaration.identities}
    account = network.accounts[vpc.account].name if vpc.account in network.accounts else declared.account
    return account == declared.account and declared.cidr in vpc.cidrs
