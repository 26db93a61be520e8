"""How an emulated type is declared, and the context of one request for a resource of it.

The two classes refer to each other: a declaration has functions that get the context, a context has its declaration.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jmespath
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.provider import retry
from rehearsal.provider.convert import parameters
from rehearsal.provider.errors import NotEmulatedError
from rehearsal.provider.schema import Schema
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Attributes, Call, Find, Items, Setting, Tagging

_hooked: Final[set[int]] = set()
_hooking = threading.Lock()


Step = Callable[["Work"], Any]
"""Code for what no declaration says; gets the work at hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Emulated:
    """One emulated resource type.

    Parameters of every operation are found by name: each member of its input that a property has the name of, or that
    `names` (API's name -> property) or `fixed` (API's name -> value) says. Operations are botocore's method names.
    """

    type: str
    service: str
    create: str | Call | Step
    read: str | Find | Step
    id: str
    """Template of the id over the properties, inputs and outputs: `{name}`, `{policyId}:{targetId}`."""
    result: str = "@"
    """Where the reading operation's answer has the resource (JMESPath); nothing there means: there is none."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Property -> JMESPath over the whole answer, for what is not found by name."""
    made: str = "@"
    """Where the creating operation's answer has what the id is made of (JMESPath)."""
    names: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    update: str | tuple[Call, ...] | Step = ""
    """Operations for what changed; `put` is creating again; nothing means that every change replaces."""
    delete: str | Call | Step = ""
    forces: frozenset[str] = frozenset()
    """Properties that cannot be changed in place."""
    keep: frozenset[str] = frozenset()
    """Properties that the API does not tell."""
    tags: Tagging | None = None
    prepare: Callable[["Work", Values], Values] | None = None
    """Changes the property values before parameters are made of them."""
    finish: Callable[["Work", Values], Values] | None = None
    """Changes the outputs after they were read."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Output -> template of its value, for what the API does not return: `arn:aws:s3:::{id}`.

    `{arn!n}` is the name in an ARN: what follows its last colon or slash.
    """
    settings: tuple[Setting, ...] = ()
    """Properties that have operations of their own."""
    items: tuple[Items, ...] = ()
    """List properties with operations that add and remove one item."""
    attributes: Attributes | None = None
    """Properties that the API takes as a map of texts."""
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Error code -> parts of its message, one of which says that the resource does not exist."""
    tidy: Step | None = None
    """What must go before the resource can be deleted."""
    after: Step | None = None
    """What else must be done when it was created."""
    exclusive: bool = False
    """The name is taken until the old one is gone: replacements delete first."""
    optional: bool = False
    """An empty configuration: the API answers the same whether the resource is there or not, so it always is."""


@dataclass(kw_only=True, slots=True)
class Work:
    """What a request is about. `inputs` as wanted, `old` outputs as they were, `made` what the API said since."""

    spec: Emulated
    schema: Schema
    endpoints: Endpoints
    credentials: Credentials | None
    account: str
    region: str
    show: Callable[[str], None]
    id: str = ""
    inputs: Values = field(default_factory=dict)
    old: Values = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    made: Values = field(default_factory=dict)
    default_tags: Mapping[str, str] = field(default_factory=dict)
    ours: bool = False
    """An earlier run meant to create this and was not seen to end: what exists of it is ours."""
    creation: str = ""
    """What the client tokens of this creation's requests are made of; empty when nothing is created."""

    @property
    def values(self) -> Values:
        """Every value known of the resource: outputs, over them inputs, over them what is in the id."""
        context = {"accountId": self.account, "region": self.region, "id": self.id}
        # An output that could have been an input, and is none, is AWS's default: not to be asked for.
        computed = {name: value for name, value in self.old.items() if name not in self.schema.inputs}
        both = {**context, **computed, **self.made, **self.inputs}
        both |= {key: value for key, value in self.from_id().items() if key not in self.inputs}
        if "tagsAll" in both:
            both["tags"] = both["tagsAll"]
        return both

    def from_id(self) -> Values:
        """The properties that an id consists of."""
        if not self.id:
            return {}
        names = re.findall(r"{(\w+)}", self.spec.id)
        pattern = re.sub(r"\\{(\w+)\\}", r"(.+?)", re.escape(self.spec.id))
        found = re.fullmatch(pattern, self.id)
        return dict(zip(names, found.groups(), strict=True)) if found is not None else {}

    def client(self, service: str = "") -> Any:
        """The boto3 client of a service, acting in the resource's account and region."""
        client = self.endpoints.client(service or self.spec.service, self.region, self.credentials)
        with _hooking:
            if id(client) not in _hooked:
                client.meta.events.register("before-call", retry.header)
                _hooked.add(id(client))
        return client

    def params(self, operation: str, values: Mapping[str, Any], service: str = "") -> dict[str, Any]:
        """The parameters of an operation that the values have something for."""
        client = self.client(service)
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        if model.input_shape is None:
            return {}
        found = parameters(model.input_shape, values, self.spec.names)
        fixed = {key: value for key, value in self.spec.fixed.items() if key in model.input_shape.members}
        attributes = self.spec.attributes
        if attributes is not None and "Attributes" in model.input_shape.members:
            fixed["Attributes"] = attribute_texts(attributes.names, values)
        return {**found, **fixed}

    def call(self, operation: str, /, *, service: str = "", **params: Any) -> Any:
        """Make one call."""
        mark = retry.tokened(self.creation, service or self.spec.service, operation, params)
        return retry.call(self.client(service), operation, params, mark=mark, show=self.show)

    def attempt(self, operation: str, /, **params: Any) -> None:
        """Make one call that another emulator may not be able to answer: there it is said, and nothing more."""
        try:
            self.call(operation, **params)
        except (ClientError, NotEmulatedError) as error:
            if not self.endpoints.foreign:
                raise
            self.show(f"the emulator cannot {operation} {', '.join(map(str, params.values()))}: {error}")

    def auto(self, operation: str, values: Mapping[str, Any] | None = None, /, **more: Any) -> Any:
        """Make one call with the parameters found by name."""
        given: Values = {**(self.values if values is None else values)}
        if self.spec.prepare is not None:
            given = self.spec.prepare(self, given)
        return self.call(operation, **{**self.params(operation, given), **more})

    def pages(self, operation: str, key: str, /, *, service: str = "", **params: Any) -> list[Any]:
        """Every item of a listing, over all its pages."""
        client = self.client(service)
        if not client.can_paginate(operation):
            return list(self.call(operation, service=service, **params).get(key, []))
        paginator = client.get_paginator(operation)
        token = paginator.result_keys and paginator._output_token[0].expression  # noqa: SLF001 - botocore tells nowhere else
        name = paginator._input_token[0]  # noqa: SLF001 - the same
        items: list[Any] = []
        while True:
            answer = self.call(operation, service=service, **params)
            items += search(key, answer) or []
            following = search(token, answer) if token else None
            if not following:
                return items
            params = {**params, name: following}


def attribute_texts(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    """The attributes that properties have values for, as texts.

    Args:
        names: property -> attribute.
        values: property -> value.
    """
    texts: dict[str, str] = {}
    for name, attribute in names.items():
        value = values.get(name)
        if value is not None:
            texts[attribute] = str(value).lower() if isinstance(value, bool) else str(value)
    return texts


def search(expression: str, document: Any) -> Any:
    """JMESPath, which has no types of its own."""
    found: Any = jmespath.search(expression, document)
    return found
