"""AWS's interface endpoints: which service each leads to, and the names its private zone must answer for.

Names: AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink", read 2026-11; tests compare them with
botocore's endpoint data. A wrong zone is the commonest fault of central endpoints: the name then resolves to the public
address, and a job in a network without egress hangs without a word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointService:
    """An interface endpoint service."""

    client: str
    """botocore's name of the service."""
    prefix: str
    """botocore's name of the service's endpoints, whose regions are the endpoint's."""
    actions: str
    """Prefix of the service's IAM actions."""
    regional: str = ""
    """The regional name; empty: no zone, since gateway endpoints answer for the service."""
    dual_stack: str = ""
    """The name with IPv6 besides, most of them in `api.aws`; empty: there is none."""
    fips: str = ""
    """The name of the FIPS 140 endpoint, an endpoint service of its own: `<name>-fips`."""
    fips_dual_stack: str = ""
    wildcard: bool = False
    """Whether every name below resolves to the endpoint as well: registries, Studio's domains."""
    provider: str = "com.amazonaws.{region}.{name}"
    """The endpoint service's name in AWS."""
    absent: frozenset[str] = frozenset()
    """Regions where the service is, but not its endpoint."""


def _api(host: str, client: str = "", *, actions: str = "") -> EndpointService:
    """The usual forms: `kms.us-east-1.amazonaws.com`, `kms-fips.…`, `kms.us-east-1.api.aws`, `kms-fips.…`."""
    return EndpointService(
        client=client or host,
        prefix=host,
        actions=actions or client or host,
        regional=f"{host}.{{region}}.amazonaws.com",
        dual_stack=f"{host}.{{region}}.api.aws",
        fips=f"{host}-fips.{{region}}.amazonaws.com",
        fips_dual_stack=f"{host}-fips.{{region}}.api.aws",
    )


def _sagemaker(part: str, client: str, *, fips: str = "") -> EndpointService:
    """SageMaker puts the part before its own name, and `fips` behind one or the other."""
    return EndpointService(
        client=client,
        prefix=f"{part}.sagemaker",
        actions="sagemaker",
        regional=f"{part}.sagemaker.{{region}}.amazonaws.com",
        dual_stack=f"{part}.sagemaker.{{region}}.api.aws",
        fips=f"{fips or f'{part}-fips.sagemaker'}.{{region}}.amazonaws.com",
        fips_dual_stack=f"{part}.sagemaker-fips.{{region}}.api.aws",
    )


ENDPOINT_SERVICES: Final[Mapping[str, EndpointService]] = {
    "sagemaker.api": _sagemaker("api", "sagemaker"),
    "sagemaker.runtime": _sagemaker("runtime", "sagemaker-runtime"),
    "sagemaker.featurestore-runtime": _sagemaker(
        "featurestore-runtime", "sagemaker-featurestore-runtime", fips="featurestore-runtime.sagemaker-fips"
    ),
    "sagemaker.metrics": _sagemaker("metrics", "sagemaker-metrics"),
    "sagemaker.studio": EndpointService(
        client="sagemaker",
        prefix="api.sagemaker",
        actions="sagemaker",
        regional="studio.{region}.sagemaker.aws",
        wildcard=True,
        provider="aws.sagemaker.{region}.studio",
    ),
    "ecr.api": EndpointService(
        client="ecr",
        prefix="api.ecr",
        actions="ecr",
        regional="api.ecr.{region}.amazonaws.com",
        dual_stack="ecr.{region}.api.aws",
        fips="ecr-fips.{region}.amazonaws.com",
        fips_dual_stack="ecr-fips.{region}.api.aws",
    ),
    "ecr.dkr": EndpointService(
        client="ecr",
        prefix="api.ecr",
        actions="ecr",
        regional="dkr.ecr.{region}.amazonaws.com",
        dual_stack="dkr-ecr.{region}.on.aws",
        wildcard=True,
    ),
    "codeartifact.api": EndpointService(
        client="codeartifact",
        prefix="codeartifact",
        actions="codeartifact",
        regional="codeartifact.{region}.amazonaws.com",
        dual_stack="codeartifact.{region}.api.aws",
    ),
    # Names of repositories: DOMAIN-ACCOUNT.d.codeartifact.REGION.amazonaws.com.
    "codeartifact.repositories": EndpointService(
        client="codeartifact",
        prefix="codeartifact",
        actions="codeartifact",
        regional="d.codeartifact.{region}.amazonaws.com",
        wildcard=True,
    ),
    "kms": _api("kms"),
    "sts": _api("sts"),
    "secretsmanager": _api("secretsmanager"),
    "logs": _api("logs"),
    "monitoring": _api("monitoring", "cloudwatch"),
    "events": _api("events"),
    "states": _api("states", "stepfunctions", actions="states"),
    "glue": _api("glue"),
    "athena": _api("athena"),
    "lakeformation": _api("lakeformation"),
    "ssm": _api("ssm"),
    "lambda": _api("lambda"),
    "sqs": _api("sqs"),
    "sns": _api("sns"),
    "rds": _api("rds"),
    "elasticfilesystem": _api("elasticfilesystem", "efs", actions="elasticfilesystem"),
    "macie2": _api("macie2"),
}
"""Name as AWS ends the endpoint service's name with -> the service."""

FIPS: Final = "-fips"


def known() -> tuple[str, ...]:
    """Every name that may stand in the configuration."""
    fips = (f"{name}{FIPS}" for name, endpoint in ENDPOINT_SERVICES.items() if endpoint.fips)
    return (*ENDPOINT_SERVICES, *fips)


def service(name: str) -> EndpointService:
    """The service of a configured name, with `-fips` or without.

    Raises:
        KeyError: there is none.
    """
    return ENDPOINT_SERVICES[name.removesuffix(FIPS)]


def service_name(name: str, region: str) -> str:
    """The endpoint service's full name in AWS."""
    return service(name).provider.format(region=region, name=name)


def zones(name: str, region: str, *, dual_stack: bool = False) -> tuple[str, ...]:
    """Names of the private zones that lead to the endpoint; each has a record at its top, some also a wildcard."""
    endpoint = service(name)
    fips = name.endswith(FIPS)
    forms = [endpoint.fips if fips else endpoint.regional]
    if dual_stack:
        forms.append(endpoint.fips_dual_stack if fips else endpoint.dual_stack)
    return tuple(form.format(region=region) for form in forms if form)


def offered(name: str, region: str) -> bool:
    """Return whether AWS offers the endpoint in a region, by botocore's data and named exceptions."""
    endpoint = service(name)
    regions = _endpoints().get(endpoint.prefix, {}).get("endpoints", {})
    return region not in endpoint.absent and (region in regions or not regions)


@cache
def _endpoints() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """Endpoint prefix -> its endpoints. One file: botocore's own answer reads the whole model of each service."""
    from botocore.loaders import create_loader  # noqa: PLC0415 - a tenth of a second that only a check needs

    data = cast("Any", create_loader()).load_data("endpoints")
    return next(partition["services"] for partition in data["partitions"] if partition["partition"] == "aws")
