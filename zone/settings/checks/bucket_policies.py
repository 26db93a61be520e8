"""Checks that the bucket policies of the declared data sets stay within S3's size limit."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from controls.policy_sizes import BUCKET_POLICY
from zone.settings.errors import Problem
from zone.settings.model import Settings

FIXED: Final = 5_000
"""Bytes of a bucket policy without the names of shared data sets, with the longest name prefix and region."""
STATEMENT: Final = {
    "Sid": "WrittenByDeclared00",
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["s3:DeleteObject", "s3:PutObject", "s3:RestoreObject"],
    "Resource": [],
    "Condition": {
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{'0' * 12}:role/{'x' * 20}-data-team-*"},
        "ArnNotLike": {"aws:PrincipalArn": []},
    },
}
"""A statement about shared data sets without its resources and roles."""


def problems(settings: Settings) -> Iterator[Problem]:
    """A problem for each bucket whose policy would be larger than S3 allows."""
    for purpose in ("raw-phi", "deidentified", "features"):
        shared = shared_data_sets(settings, purpose)
        size = estimated_bytes(settings, purpose, shared)
        if size <= BUCKET_POLICY:
            continue
        fitting = next(
            count
            for count in range(len(shared) - 1, -1, -1)
            if estimated_bytes(settings, purpose, shared[:count]) <= BUCKET_POLICY
        )
        yield Problem(
            path=("data", "access"),
            message=f"the policy of the bucket {purpose!r} would have about {size} bytes, and S3 allows "
            f"{BUCKET_POLICY}: it names the {len(shared)} data sets of the bucket whose files other teams read, or "
            f"whose prefix does not begin with the owner's name; {fitting} of them fit. Let fewer teams read files, "
            "give several data sets the same readers, or move data sets to another bucket",
        )


def shared_data_sets(settings: Settings, purpose: str) -> Sequence[str]:
    """Names of the data sets of a bucket that its policy names: see `AccessTable.shared`."""
    data = settings.data
    return [
        name
        for name, data_set in data.data_sets.items()
        if data_set.bucket == purpose
        and (not data.prefix_of(name).startswith(f"{data_set.owner}/") or _readers(settings, name) != (data_set.owner,))
    ]


def estimated_bytes(settings: Settings, purpose: str, shared: Sequence[str]) -> int:
    """Upper bound of the size of a bucket's policy.

    Args:
        settings: the settings of the zone.
        purpose: purpose of the bucket.
        shared: the data sets that the policy names.

    Returns:
        The number of bytes; at most a quarter more than the deployed policy has.
    """
    region = max(settings.regions.all, key=len)
    bucket = f"arn:aws:s3:::{settings.name_prefix}-{purpose}-{'0' * 12}-{region}"
    objects = [_list_bytes(f"{bucket}/{settings.data.prefix_of(name)}/*") for name in shared]
    # `OwnTeamOnly`, `TeamsOnly`, a statement about readers and a statement about writers name each prefix.
    size = FIXED + 4 * sum(objects)
    readers = {_readers(settings, name) for name in shared}
    writers = {(settings.data.data_sets[name].owner,) for name in shared}
    for teams in (*readers, *writers):
        roles = (f"arn:aws:iam::{'0' * 12}:role/{settings.name_prefix}-data-team-{team}" for team in teams)
        size += len(json.dumps(STATEMENT)) + sum(map(_list_bytes, roles))
    return size


def _readers(settings: Settings, name: str) -> tuple[str, ...]:
    return tuple(sorted({row.team for row in settings.data.access if row.data_set == name and row.whole}))


def _list_bytes(value: str) -> int:
    """Bytes of a value in a JSON list: quotes, comma and space included."""
    return len(value) + 4
