"""SageMaker endpoints: `UpdateEndpoint`, which moto lacks; containers, shadow variants and data capture."""

import threading
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpoint, SageMakerModelBackend, sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse
from moto.sagemakerruntime.responses import SageMakerRuntimeResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.hosting import HOSTING, Container, HostingError
from rehearsal.cloud.model_reading import ModelReader
from rehearsal.cloud.patches import endpoint_traffic as traffic
from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.endpoint_quotas import added_instances, require_endpoint_quota

_CURRENT: Final = {"DesiredInstanceCount": "CurrentInstanceCount", "DesiredWeight": "CurrentWeight"}
"""Property of a variant that an update can retain -> the property with its present value."""


def apply() -> None:
    """Run containers, add `UpdateEndpoint`, and refuse requests that AWS refuses."""
    registry.replace(SageMakerResponse, "create_endpoint_config", "34c19362a0ba", _configuring)
    registry.replace(SageMakerModelBackend, "create_endpoint", "547454899915", _creating)
    registry.replace(SageMakerModelBackend, "delete_endpoint", "1fb59ee16c92", _deleting)
    registry.replace(SageMakerModelBackend, "update_endpoint_weights_and_capacities", "0bbabf230226", _scaling)
    registry.replace(SageMakerRuntimeResponse, "invoke_endpoint", "5559ed6a5dbe", _invoking)
    registry.add_operation(
        SageMakerModelBackend, SageMakerResponse, "update_endpoint", _update_endpoint, _handle_update_endpoint
    )


def _configuring(original: Any) -> Any:
    def create_endpoint_config(self: Any) -> Any:
        shadows = self._get_param("ShadowProductionVariants") or []
        _require_shadow(self.sagemaker_backend, self._get_param("ProductionVariants") or [], shadows)
        answer = original(self)
        if shadows:
            name = self._get_param("EndpointConfigName")
            self.sagemaker_backend.endpoint_configs[name].shadow_production_variants = shadows
        return answer

    return create_endpoint_config


def _require_shadow(backend: Any, variants: list[dict[str, Any]], shadows: list[dict[str, Any]]) -> None:
    """Refuse what AWS refuses: API Reference, `CreateEndpointConfig`, "ShadowProductionVariants"."""
    if not shadows:
        return
    if len(shadows) > 1 or len(variants) != 1:
        raise ValidationError(
            "A shadow production variant needs exactly one production variant and one shadow variant."
        )
    names = [variant.get("VariantName") for variant in (*variants, *shadows)]
    if len(set(names)) != len(names):
        raise ValidationError(f"Variant names must be unique: {names[0]}.")
    model = shadows[0].get("ModelName")
    if model not in backend._models:  # noqa: SLF001 - moto keeps models nowhere else
        raise ValidationError(f'Could not find model "{model}".')


def _creating(original: Any) -> Any:
    def create_endpoint(self: Any, endpoint_name: str, endpoint_config_name: str, tags: Any) -> Any:
        if endpoint_name in self.endpoints:
            arn = self.endpoints[endpoint_name].arn
            raise ValidationError(f"Cannot create already existing endpoint '{arn}'.")
        require_endpoint_quota(self, endpoint_config_name)
        endpoint = original(self, endpoint_name, endpoint_config_name, tags)
        _run(self, endpoint, endpoint_config_name, working="Creating")
        return endpoint

    return create_endpoint


def _deleting(original: Any) -> Any:
    def delete_endpoint(self: Any, endpoint_name: str) -> None:
        original(self, endpoint_name)
        _stop(self, endpoint_name)

    return delete_endpoint


def _scaling(original: Any) -> Any:
    def update_endpoint_weights_and_capacities(
        self: Any, endpoint_name: str, desired_weights_and_capacities: list[dict[str, Any]]
    ) -> str:
        endpoint = self.endpoints.get(endpoint_name)
        if endpoint is not None:
            added = added_instances(endpoint, desired_weights_and_capacities)
            require_endpoint_quota(self, endpoint.endpoint_config_name, counts=added)
        arn: str = original(self, endpoint_name, desired_weights_and_capacities)
        return arn

    return update_endpoint_weights_and_capacities


def _update_endpoint(
    self: Any, endpoint_name: str, endpoint_config_name: str, retained: Sequence[str] = ()
) -> FakeEndpoint:
    """Deploy another configuration.

    Args:
        self: moto's SageMaker backend.
        endpoint_name: name of the endpoint.
        endpoint_config_name: name of the configuration.
        retained: properties of variants that keep their values, of `DesiredInstanceCount` and `DesiredWeight`; by
            default none: the values are those of the configuration (API Reference, `UpdateEndpoint`).
    """
    endpoint: FakeEndpoint | None = self.endpoints.get(endpoint_name)
    if endpoint is None:
        raise ValidationError(f'Could not find endpoint "{endpoint_name}".')
    if endpoint.endpoint_status in ("Creating", "Updating"):
        raise ValidationError(f"Cannot update in-progress endpoint {endpoint_name}.")
    if endpoint_config_name not in self.endpoint_configs:
        raise ValidationError(f"Could not find endpoint configuration '{endpoint_config_name}'.")
    require_endpoint_quota(self, endpoint_config_name)
    _run(self, endpoint, endpoint_config_name, working="Updating", retained=retained)
    return endpoint


def _handle_update_endpoint(self: Any) -> ActionResult:
    endpoint = self.sagemaker_backend.update_endpoint(
        endpoint_name=self._get_param("EndpointName"),
        endpoint_config_name=self._get_param("EndpointConfigName"),
        retained=_retained(
            self._get_param("RetainAllVariantProperties"), self._get_param("ExcludeRetainedVariantProperties")
        ),
    )
    return ActionResult({"EndpointArn": endpoint.arn})


def _retained(retains: bool | None, excluded: Sequence[Mapping[str, str]] | None) -> Sequence[str]:
    """Return the properties of variants that keep their values."""
    left_out = {entry["VariantPropertyType"] for entry in excluded or ()}
    return [name for name in _CURRENT if name not in left_out] if retains else []


def _keep(before: Sequence[Mapping[str, Any]], after: Sequence[dict[str, Any]], retained: Sequence[str]) -> None:
    """Give variants the values that the variants with their names had."""
    former = {str(variant["VariantName"]): variant for variant in before}
    for variant in after:
        old = former.get(str(variant["VariantName"]), {})
        for desired in retained:
            for name in (desired, _CURRENT[desired]):
                if name in old:
                    variant[name] = old[name]


def _run(backend: Any, endpoint: Any, config: str, *, working: str, retained: Sequence[str] = ()) -> None:
    """Deploy an endpoint configuration in the background. After a failure the endpoint keeps the former one."""
    name = endpoint.endpoint_name
    key = (backend.account_id, backend.region_name, name)
    container = _container(backend, _variants(backend, config)[0])
    shadow = next((_container(backend, variant) for variant in traffic.shadows(backend, config)), None)
    former_status = endpoint.endpoint_status if working == "Updating" else "Failed"

    def work() -> None:
        try:
            _require_readable(backend, [*_variants(backend, config), *traffic.shadows(backend, config)])
            if shadow is not None:
                HOSTING.start(traffic.shadow_key(key), shadow)
            if container is not None:
                HOSTING.start(key, container)
        except HostingError as error:
            endpoint.failure_reason = str(error)
            endpoint.endpoint_status = former_status
            return
        endpoint.endpoint_config_name = config
        variants = backend.endpoint_configs[config].production_variants
        deployed = endpoint._process_production_variants(variants)  # noqa: SLF001 - moto's own conversion
        _keep(endpoint.production_variants, deployed, retained)
        endpoint.production_variants = deployed
        described = endpoint._process_production_variants(traffic.shadows(backend, config))  # noqa: SLF001 - the same
        endpoint.shadow_production_variants = described or None
        if shadow is None:
            HOSTING.stop(traffic.shadow_key(key))
        endpoint.failure_reason = None
        endpoint.endpoint_status = "InService"
        if endpoint.endpoint_name not in backend.endpoints:  # deleted meanwhile
            _stop(backend, name)

    if container is None:
        work()
        return
    endpoint.endpoint_status = working
    threading.Thread(target=work, name=f"host-{endpoint.endpoint_name}", daemon=True).start()


def _stop(backend: Any, endpoint: str) -> None:
    key = (backend.account_id, backend.region_name, endpoint)
    HOSTING.stop(key)
    HOSTING.stop(traffic.shadow_key(key))


def _variants(backend: Any, config: str) -> list[dict[str, Any]]:
    variants: list[dict[str, Any]] = backend.endpoint_configs[config].production_variants
    return variants


def _container(backend: Any, variant: Mapping[str, Any]) -> Container | None:
    """Return the container of a variant; None for an image without a local command."""
    model = backend._models.get(variant.get("ModelName"))  # noqa: SLF001 - moto keeps models nowhere else
    if model is None:
        raise ValidationError(f'Could not find model "{variant.get("ModelName")}".')
    described = model.primary_container or (model.containers or [{}])[0]
    if not HOSTING.knows(described.get("Image", "")):
        return None
    reader, location = _reader(backend, model), str(described.get("ModelDataUrl", ""))
    return Container(
        image=described["Image"],
        environment=described.get("Environment") or {},
        artifact=lambda: reader.artifact(location),
    )


def _reader(backend: Any, model: Any) -> ModelReader:
    return ModelReader(
        role_arn=str(model.execution_role_arn),
        region=backend.region_name,
        endpoint_id=traffic.s3_endpoint(backend.account_id, backend.region_name, model.vpc_config),
    )


def _require_readable(backend: Any, variants: Sequence[Mapping[str, Any]]) -> None:
    """Check that the roles of models may read their images and artifacts.

    Raises:
        HostingError: a right is missing, or an artifact does not exist.
    """
    for variant in variants:
        model = backend._models.get(variant.get("ModelName"))  # noqa: SLF001 - moto keeps models nowhere else
        if model is None:
            raise HostingError(f'Could not find model "{variant.get("ModelName")}".')
        for container in [model.primary_container] if model.primary_container else model.containers or []:
            _reader(backend, model).require(container)


def _invoking(original: Any) -> Any:
    def invoke_endpoint(self: Any) -> Any:
        name = self.path.split("/")[2]
        endpoint = sagemaker_backends[self.current_account][self.region].endpoints.get(name)
        if endpoint is None or endpoint.endpoint_status in ("Creating", "Failed"):
            raise AwsError("ValidationError", f"Endpoint {name} of account {self.current_account} not found.")
        passed = traffic.passed(self.headers)
        key, request = (self.current_account, self.region, name), _bytes(self.body)
        begin = perf_counter()
        answer = HOSTING.invoke(key, request, passed)
        if answer is None:
            return original(self)
        seconds = perf_counter() - begin
        backend = sagemaker_backends[self.current_account][self.region]
        invocation = traffic.Invocation(backend=backend, endpoint=endpoint, headers=self.headers, body=request)
        traffic.record(invocation, answer, seconds)
        status, kind, body = answer
        if status >= 400:  # noqa: PLR2004 - HTTP's boundary between success and failure
            raise AwsError("ModelError", f"Received {status} from the container: {body.decode(errors='replace')}")
        return 200, {"Content-Type": kind, "x-Amzn-Invoked-Production-Variant": "primary"}, body

    return invoke_endpoint


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
