"""Keyed pseudonyms and date shifts: HMAC-SHA-256 under a ring of keys that is extended by rotation.

A pseudonym goes through all keys of the ring, in order. After a rotation the values of older data are moved to the
newest key without the original identifiers (`Keyring.advance`), so that old and new data stay joinable.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workloads.pipeline.errors import USAGE, StepError

SHIFT_DAYS: Final = 182
"""Dates are moved by at most this many days to either side."""
_MINIMUM_BYTES: Final = 32
_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys in order of rotation: identifier (`k1`, `k2`, ...) and secret bytes."""

    keys: Sequence[tuple[str, bytes]]

    @property
    def current(self) -> str:
        """Identifier of the newest key."""
        return self.keys[-1][0]

    def pseudonym(self, identifier: str) -> str:
        """`KEY:HEX` of a patient's identifier under the newest key."""
        return self.advance(f"{self.keys[0][0]}:{_digest(self.keys[0][1], 'patient:' + identifier.strip())}")

    def advance(self, pseudonym: str) -> str:
        """Moves a pseudonym of an older key to the newest one.

        Raises:
            StepError: the pseudonym's key is not in the ring.
        """
        key_id, _, value = pseudonym.partition(":")
        identifiers = [name for name, _ in self.keys]
        if key_id not in identifiers:
            raise StepError(
                "A pseudonym was made with a key that is not in the key file.",
                action=f"Add the key {key_id!r} to the key file; keys must never be removed from it.",
                code=USAGE,
            )
        for _, secret in self.keys[identifiers.index(key_id) + 1 :]:
            value = _digest(secret, value)
        return f"{self.current}:{value}"

    def shift(self, identifier: str) -> int:
        """Days by which all dates of one patient move: the same after every rotation, never 0."""
        value = int(_digest(self.keys[0][1], "shift:" + identifier.strip()), 16) % (2 * SHIFT_DAYS)
        return value - SHIFT_DAYS if value < SHIFT_DAYS else value - SHIFT_DAYS + 1


def _digest(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def read(file: Path) -> Keyring:
    """The key ring of a JSON file: `{"keys": [{"id": "k1", "secret": "HEX"}, ...]}`, oldest first.

    Raises:
        StepError: the file is missing or not a key ring; no secret is repeated.
    """
    try:
        document: Any = json.loads(file.read_text(encoding="utf-8"))
        keys = [(str(key["id"]), bytes.fromhex(key["secret"])) for key in document["keys"]]
    except (OSError, ValueError, KeyError, TypeError):
        keys = []
    if not keys or any(not re.fullmatch("k[0-9]+", name) or len(secret) < _MINIMUM_BYTES for name, secret in keys):
        raise StepError(
            f"{file} is not a key file.",
            action='Write {"keys": [{"id": "k1", "secret": "64 hexadecimal digits"}]}; the deployed job reads it from '
            "Secrets Manager.",
            code=USAGE,
        )
    if len({name for name, _ in keys}) != len(keys):
        raise StepError(f"{file} names a key twice.", action="Give every key its own id.", code=USAGE)
    return Keyring(tuple(keys))


def document(keys: Mapping[str, bytes]) -> str:
    """The text of a key file."""
    return json.dumps({"keys": [{"id": name, "secret": secret.hex()} for name, secret in keys.items()]})
