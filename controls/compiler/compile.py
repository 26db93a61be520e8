"""Compiles controls into organisation policies, deterministically and within AWS's limits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from controls.compiler.order import ORDER
from controls.compiler.packing import Bin, Item, first_fit, in_packing_order
from controls.compiler.problems import CompileError, CompileProblem
from controls.compiler.result import CompiledPolicies, CompiledPolicy
from controls.compiler.statements import minified, rendered
from controls.compiler.targets import ROOT, expanded, slug
from controls.limits import Limits
from controls.model import Control, Declaration, PolicyType
from controls.targets import CANARY
from controls.zone import Zone


@dataclass(frozen=True, slots=True)
class _Group:
    """Statements that can share a policy: one type, the same targets."""

    policy_type: PolicyType
    targets: Sequence[str]


def compile_policies(
    controls: Iterable[Control],
    units: Collection[str],
    zone: Zone,
    limits: Limits | None = None,
    order: Sequence[str] = ORDER,
) -> CompiledPolicies:
    """Packs all guardrails into as few policies as fit.

    Args:
        controls: the registry's controls, in its order.
        units: paths of the zone's OUs, parents before children.
        zone: whose roles are exempt.
        limits: AWS's limits; the current ones if none.
        order: the sids in the order they are packed.

    Raises:
        CompileError: with everything that does not fit.
    """
    limits = limits or Limits()
    listed = list(controls)
    problems: list[CompileProblem] = list(_unusable(listed))
    policies: list[CompiledPolicy] = []
    for group, items in _groups(listed, units, zone).items():
        targets, unknown = expanded(group.targets, units, zone)
        if not targets and not unknown:  # no OU has the role
            continue
        problems += [_no_unit(items, target, units) for target in unknown]
        limit = limits.of(group.policy_type).characters
        bins, too_large = first_fit(in_packing_order(items, order), limit)
        problems += [
            CompileProblem(
                subject=f"control {item.control}",
                target=", ".join(group.targets),
                message=f"statement {item.sid} alone has {item.size} characters, a {group.policy_type} holds {limit}",
            )
            for item in too_large
        ]
        policies += [_packed(group, number, filled, targets, zone) for number, filled in enumerate(bins, start=1)]
    for control in listed:
        for declaration in control.declare:
            targets, unknown = expanded(declaration.targets, units, zone)
            if declaration.policy_type is PolicyType.DECLARATIVE_EC2 and targets != [ROOT]:
                targets = list(dict.fromkeys([*targets, *expanded((CANARY,), units, zone)[0]]))
            if not targets and not unknown:
                continue
            problems += [_no_unit_for(f"control {control.id}", target, units) for target in unknown]
            policies.append(_declared(control, declaration, targets, zone))
    result = CompiledPolicies(policies=policies, limits=limits)
    problems += _over_the_limits(result)
    if problems:
        raise CompileError(problems)
    return result


def _groups(controls: Sequence[Control], units: Collection[str], zone: Zone) -> dict[_Group, list[Item]]:
    groups: dict[_Group, list[Item]] = defaultdict(list)
    for control in controls:
        if control.prevent is None:
            continue
        group = _Group(control.prevent.policy_type, tuple(control.prevent.targets))
        for statement in control.prevent.statements:
            document = rendered(statement, group.policy_type, zone.exempt_arns)
            groups[group].append(Item(control=control.id, sid=statement.sid, document=document))
    canary = _Group(PolicyType.SCP, (CANARY,))
    if expanded(canary.targets, units, zone)[0]:
        groups[canary] += [
            item for group, items in list(groups.items()) if _tried_in_canary(group, zone) for item in items
        ]
    return groups


def _tried_in_canary(group: _Group, zone: Zone) -> bool:
    """Return whether the canary OU needs its own copy of the statements: it inherits those of every OU."""
    everywhere = {("*",), ("/",), (zone.suspended,)}
    return group.policy_type is PolicyType.SCP and group.targets not in everywhere and CANARY not in group.targets


def _packed(group: _Group, number: int, packed: Bin, targets: Sequence[str], zone: Zone) -> CompiledPolicy:
    ids = list(dict.fromkeys(item.control for item in packed.items))
    kind = "rcp-" if group.policy_type is PolicyType.RCP else ""
    return CompiledPolicy(
        name=f"{zone.prefix}-{kind}{slug(group.targets, zone)}-{number}",
        policy_type=group.policy_type,
        description=f"Guardrails {', '.join(ids)} of the {zone.prefix} landing zone; compiled, do not edit",
        content=packed.content,
        targets=targets,
        controls=ids,
        sids=[item.sid for item in packed.items],
    )


def _declared(control: Control, declaration: Declaration, targets: Sequence[str], zone: Zone) -> CompiledPolicy:
    return CompiledPolicy(
        name=f"{zone.prefix}-{declaration.name}",
        policy_type=declaration.policy_type,
        description=f"{control.id}: {control.title}",
        content=minified(declaration.content),
        targets=targets,
        controls=[control.id],
    )


def _unusable(controls: Sequence[Control]) -> Iterator[CompileProblem]:
    """RCPs know neither NotAction nor a bare `*` (Organizations User Guide, "RCP syntax")."""
    for control in controls:
        if control.prevent is None or control.prevent.policy_type is not PolicyType.RCP:
            continue
        for statement in control.prevent.statements:
            if statement.not_actions or "*" in statement.actions:
                yield CompileProblem(
                    subject=f"control {control.id}",
                    target=", ".join(control.prevent.targets),
                    message=f"statement {statement.sid}: an RCP must name its actions with their service",
                )


def _over_the_limits(compiled: CompiledPolicies) -> Iterator[CompileProblem]:
    limits = compiled.limits
    names: set[str] = set()
    for policy in compiled.policies:
        measured = (
            ("name", len(policy.name), limits.name),
            ("description", len(policy.description), limits.description),
            ("document", len(policy.content), limits.of(policy.policy_type).characters),
        )
        for aspect, size, limit in measured:
            if size > limit:
                message = f"its {aspect} has {size} characters, AWS allows {limit}"
                yield CompileProblem(subject=_subject(policy), target=", ".join(policy.targets), message=message)
        if policy.name in names:
            yield CompileProblem(
                subject=_subject(policy), target=", ".join(policy.targets), message="its name is taken"
            )
        names.add(policy.name)
    for room in compiled.room():
        if room.policies > room.policies_limit:
            attached = compiled.at(room.target, room.policy_type)
            surplus = attached[room.policies_limit - room.policies :]
            controls = ", ".join(dict.fromkeys(control for policy in surplus for control in policy.controls))
            message = (
                f"{room.policies} policies of type {room.policy_type} (AWS's own included), AWS allows "
                f"{room.policies_limit}: {', '.join(policy.name for policy in attached)}. No room is left for the "
                f"controls {controls}"
            )
            yield CompileProblem(subject="the guardrails", target=room.target, message=message)


def _subject(policy: CompiledPolicy) -> str:
    return f"policy {policy.name} (controls {', '.join(policy.controls)})"


def _no_unit(items: Sequence[Item], target: str, units: Collection[str]) -> CompileProblem:
    ids = ", ".join(dict.fromkeys(item.control for item in items))
    return _no_unit_for(f"control {ids}", target, units)


def _no_unit_for(subject: str, target: str, units: Collection[str]) -> CompileProblem:
    message = f"the zone has no such OU; it has {', '.join(units) or 'none'}"
    return CompileProblem(subject=subject, target=target, message=message)
