"""A resource of a stack, as the checkpoint holds it (deployment format 3), and its JSON form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from rehearsal.engine import urns
from rehearsal.engine.crypter import Crypter
from rehearsal.engine.values import SECRET, SIGNATURE, UNKNOWN, Value, Values, canonical, rewrite


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A resource: goal and state. Values have the form of module `values`; secrets are not encrypted in memory.

    `extra` keeps what a checkpoint of the CLI holds beyond this (source positions, say), so that it survives.
    """

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool = False
    external: bool = False
    delete: bool = False
    pending_replacement: bool = False
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    import_id: str = ""
    init_errors: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    hide_diff: tuple[tuple[str | int, ...], ...] = ()
    replacement_trigger: Value = None
    created: str = ""
    modified: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The unique key in the stack: the URN, and whether the resource awaits deletion."""
        return f"{self.urn}#{self.id}" if self.delete else self.urn

    @property
    def title(self) -> str:
        """The resource in messages: type and name."""
        return f"{self.type} {urns.name_of(self.urn)!r}"

    def needs(self) -> tuple[str, ...]:
        """The URNs of the resources that this one needs: parent, provider, dependencies."""
        result = dict.fromkeys(self.dependencies)
        for dependencies in self.property_dependencies.values():
            result.update(dict.fromkeys(dependencies))
        for urn in (self.parent, self.provider.rpartition("::")[0], self.deleted_with, *self.replace_with):
            if urn:
                result[urn] = None
        result.pop(self.urn, None)
        return tuple(result)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], crypter: Crypter | None) -> Self:
        """Parse a resource of a checkpoint. Raises KeyError, TypeError or ValueError for invalid JSON."""
        attributes: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for key, value in raw.items():
            name = _NAMES.get(key)
            if name is None:
                extra[key] = value
            elif name in _SECRETIVE:
                attributes[name] = decrypt_values(value, crypter)
            elif name == "property_dependencies":
                attributes[name] = {prop: tuple(urns or ()) for prop, urns in (value or {}).items()}
            elif name == "hide_diff":
                attributes[name] = tuple(tuple(path) for path in value)
            else:
                attributes[name] = tuple(value) if isinstance(value, list) else value
        return cls(**attributes, extra=extra)

    def to_json(self, crypter: Crypter) -> dict[str, Any]:
        """Return the checkpoint's JSON with encrypted secrets. Empty members except inputs are left out."""
        raw: dict[str, Any] = {}
        for name, key in _KEYS:
            value: Any = getattr(self, name)
            if name == "replacement_trigger":
                if value is not None:
                    raw[key] = encrypt_values(value, crypter)
            elif name in ("custom", "inputs") or value:
                raw[key] = encrypt_values(value, crypter) if name in _SECRETIVE else _plain(value)
        raw.update(self.extra)
        return raw


_SECRETIVE: Final = frozenset({"inputs", "outputs", "replacement_trigger"})


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.upper() if part == "id" else part.capitalize() for part in rest)


_KEYS: Final = tuple((item.name, _camel(item.name)) for item in fields(Resource) if item.name != "extra")
_NAMES: Final = {key: name for name, key in _KEYS}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def encrypt_values(value: Value, crypter: Crypter) -> Value:
    """Return a value with encrypted secrets (`{signature, ciphertext}`); other parts are shared, not copied."""

    def seal(signed: dict[str, Any]) -> Value:
        if signed[SIGNATURE] != SECRET or "ciphertext" in signed:
            return signed
        return {
            SIGNATURE: SECRET,
            "ciphertext": crypter.encrypt(canonical(encrypt_values(signed.get("value"), crypter))),
        }

    return rewrite(value, seal)


def decrypt_values(value: Value, crypter: Crypter | None) -> Value:
    """Return a value with decrypted secrets; without a crypter they become unknown secrets."""

    def opened(signed: dict[str, Any]) -> Value:
        if signed[SIGNATURE] != SECRET or "ciphertext" not in signed:
            return signed
        if crypter is None:
            return {SIGNATURE: SECRET, "value": UNKNOWN}
        return {SIGNATURE: SECRET, "value": decrypt_values(json.loads(crypter.decrypt(signed["ciphertext"])), crypter)}

    return rewrite(value, opened)
