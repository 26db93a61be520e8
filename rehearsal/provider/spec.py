"""The declaration of an emulated type, and the context of one request for a resource.

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
from rehearsal.provider.vocabulary import ApiCall, Attributes, Find, Items, Setting, Tagging

_hooked: Final[set[int]] = set()
_hooking = threading.Lock()


ResourceFunction = Callable[["EmulatedResource"], Any]
"""A function for what the vocabulary cannot declare."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Emulated:
    """An emulated resource type.

    An operation gets a parameter for each member of its input that has the name of a property, or that is in
    `names` (API's name -> property) or `fixed` (API's name -> value). Operations are botocore's method names.
    """

    type: str
    service: str
    create: str | ApiCall | ResourceFunction
    read: str | Find | ResourceFunction
    id: str
    """Template of the id over the properties, inputs and outputs: `{name}`, `{policyId}:{targetId}`."""
    result: str = "@"
    """JMESPath of the resource in the reading operation's response; without a result the resource does not exist."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Property -> JMESPath over the whole response, for properties without a member of the same name."""
    creation_result: str = "@"
    """JMESPath, in the creating operation's response, of the structure with the parts of the id."""
    names: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    update: str | tuple[ApiCall, ...] | ResourceFunction = ""
    """Operations of an update. `put`: the creating operation again; empty: every change replaces the resource."""
    delete: str | ApiCall | ResourceFunction = ""
    forces: frozenset[str] = frozenset()
    """Properties that cannot be changed in place."""
    keep: frozenset[str] = frozenset()
    """Properties that the API does not return."""
    tags: Tagging | None = None
    prepare: Callable[["EmulatedResource", Values], Values] | None = None
    """Converts the property values before they become parameters."""
    finish: Callable[["EmulatedResource", Values], Values] | None = None
    """Converts the outputs after they were read."""
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
    tidy: ResourceFunction | None = None
    """Removes what prevents the deletion of the resource."""
    after: ResourceFunction | None = None
    """Completes the resource after its creation."""
    exclusive: bool = False
    """Only one such resource can exist: a replacement deletes the old one first."""
    optional: bool = False
    """The API returns the same empty response with and without the resource, which counts as existing."""


@dataclass(kw_only=True, slots=True)
class EmulatedResource:
    """The resource of one request, with its calls of the API.

    `inputs`: new inputs; `old`: former outputs; `created`: values that the API returned later.
    """

    spec: Emulated
    schema: Schema
    endpoints: Endpoints
    credentials: Credentials | None
    account: str
    region: str
    show: Callable[[str], None]
    id: str = ""
    inputs: Values = field(default_factory=dict)
    defaults: Values = field(default_factory=dict)
    """Defaults of the provider that AWS has already: requests do not contain them."""
    old: Values = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    created: Values = field(default_factory=dict)
    default_tags: Mapping[str, str] = field(default_factory=dict)
    ours: bool = False
    """An earlier, interrupted run began to create this resource: an existing one belongs to it."""
    creation: str = ""
    """The text from which the client tokens of this creation's requests are derived; empty outside a creation."""

    @property
    def values(self) -> Values:
        """All values of the resource: outputs, overridden by inputs, overridden by the parts of the id."""
        context = {"accountId": self.account, "region": self.region, "id": self.id}
        # An output that could have been an input, and is none, is AWS's default: not to be asked for.
        computed = {name: value for name, value in self.old.items() if name not in self.schema.inputs}
        merged = {**context, **computed, **self.created, **self.inputs}
        merged |= {key: value for key, value in self.from_id().items() if key not in self.inputs}
        if "tagsAll" in merged:
            merged["tags"] = merged["tagsAll"]
        return merged

    def from_id(self) -> Values:
        """Return the properties that are parts of the id."""
        if not self.id:
            return {}
        names = re.findall(r"{(\w+)}", self.spec.id)
        pattern = re.sub(r"\\{(\w+)\\}", r"(.+?)", re.escape(self.spec.id))
        match = re.fullmatch(pattern, self.id)
        return dict(zip(names, match.groups(), strict=True)) if match is not None else {}

    def client(self, service: str = "") -> Any:
        """Return the boto3 client of a service for the resource's account and region."""
        client = self.endpoints.client(service or self.spec.service, self.region, self.credentials)
        with _hooking:
            if id(client) not in _hooked:
                client.meta.events.register("before-call", retry.header)
                _hooked.add(id(client))
        return client

    def params(self, operation: str, values: Mapping[str, Any], service: str = "") -> dict[str, Any]:
        """Return the parameters of an operation that the values contain."""
        client = self.client(service)
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        if model.input_shape is None:
            return {}
        parameters_ = parameters(model.input_shape, values, self.spec.names)
        fixed = {key: value for key, value in self.spec.fixed.items() if key in model.input_shape.members}
        attributes = self.spec.attributes
        if attributes is not None and "Attributes" in model.input_shape.members:
            fixed["Attributes"] = attribute_texts(attributes.names, values)
        return {**parameters_, **fixed}

    def call(self, operation: str, /, *, service: str = "", **params: Any) -> Any:
        """Call an operation."""
        mark = retry.tokened(self.creation, service or self.spec.service, operation, params)
        return retry.call(self.client(service), operation, params, mark=mark, show=self.show)

    def attempt(self, operation: str, /, **params: Any) -> None:
        """Call an operation that another emulator may not implement; there, a failure is shown and ignored."""
        try:
            self.call(operation, **params)
        except (ClientError, NotEmulatedError) as error:
            if not self.endpoints.foreign:
                raise
            self.show(f"the emulator cannot {operation} {', '.join(map(str, params.values()))}: {error}")

    def auto(self, operation: str, values: Mapping[str, Any] | None = None, /, **extra: Any) -> Any:
        """Call an operation with the parameters that properties have the names of."""
        parameters_: Values = {**(self.values if values is None else values)}
        if self.spec.prepare is not None:
            parameters_ = self.spec.prepare(self, parameters_)
        return self.call(operation, **{**self.params(operation, parameters_), **extra})

    def pages(self, operation: str, key: str, /, *, service: str = "", **params: Any) -> list[Any]:
        """Return the items of all pages of a listing."""
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
    """Return the attributes of properties that have values, as texts.

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
    """Evaluate a JMESPath expression."""
    result: Any = jmespath.search(expression, document)
    return result
