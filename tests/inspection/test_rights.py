"""Rights that roles have and no request used."""

from typing import Any

from inspection.rights import GrantedRight, granted_rights

DEPLOY = "arn:aws:iam::{0}:role/zone-deploy"


def right(account: str, *actions: str, sid: str = "Services", not_actions: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "role": DEPLOY.format(account),
        "policy": "zone-deploy",
        "sid": sid,
        "actions": list(actions),
        "not_actions": list(not_actions),
    }


def granted(*rights: dict[str, Any], **used: dict[str, int]) -> list[GrantedRight]:
    return list(granted_rights(rights, {DEPLOY.format(account[1:]): counts for account, counts in used.items()}))


def test_unused_actions_of_a_wildcard_are_expanded_by_the_reference() -> None:
    [services] = granted(right("1", "sts:AssumeRole*"), a1={"sts:AssumeRole": 3})
    assert services.used == ["sts:AssumeRole"]
    assert "sts:AssumeRoleWithWebIdentity" in services.unused
    assert "sts:AssumeRole" not in services.unused


def test_case_of_an_action_does_not_matter() -> None:
    [services] = granted(right("1", "STS:assumerole"), a1={"sts:AssumeRole": 1})
    assert (services.used, services.unused) == (["sts:AssumeRole"], [])


def test_roles_of_one_name_are_one_right_used_in_any_account() -> None:
    [services] = granted(right("1", "kms:ListKeys"), right("2", "kms:ListKeys"), a2={"kms:ListKeys": 1})
    assert services.accounts == ["1", "2"]
    assert (services.used, services.unused) == (["kms:ListKeys"], [])


def test_use_in_an_account_without_the_right_does_not_count() -> None:
    first, second = granted(
        right("1", "kms:ListKeys", sid="Keys"), right("2", "kms:ListAliases", sid="Names"), a2={"kms:ListKeys": 1}
    )
    assert (first.sid, first.used, first.unused) == ("Keys", [], ["kms:ListKeys"])
    assert (second.sid, second.used) == ("Names", [])


def test_right_to_everything_is_not_expanded() -> None:
    everything, excluded = granted(
        right("1", "*", sid="All"), right("1", not_actions=("iam:*",), sid="Most"), a1={"kms:ListKeys": 1}
    )
    assert (everything.pattern, everything.used, everything.unused) == ("*", ["kms:ListKeys"], ["*"])
    assert excluded.pattern == "*"
