"""The health of a served model: its endpoint, its monitor's last run, figures and alarms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

MONITORING: Final = "HipaaMl/Monitoring"
"""CloudWatch namespace of the monitors' metrics."""
STALE: Final = timedelta(hours=36)
"""Age from which the last run of a daily monitor is too old."""
WINDOW: Final = timedelta(days=14)
"""Time in which the last figures are looked for: drift and performance are judged once per week."""
_PAGE: Final = 100

State = Literal["healthy", "attention", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """The last value of a metric."""

    name: str
    value: float
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelHealth:
    """What is known about a served model."""

    endpoint: str
    endpoint_status: str
    """Status in SageMaker, or `NotDeployed`."""
    instances: int
    run_status: str
    """Status of the monitor's last execution, or `NotMonitored` or `NeverRan`."""
    run_at: datetime | None
    figures: Sequence[Figure]
    alarms: Mapping[str, str]
    """Alarm -> state: `OK`, `ALARM` or `INSUFFICIENT_DATA`."""
    problems: Sequence[str]
    """What needs attention."""
    unknown: Sequence[str]
    """What could not be determined."""

    @property
    def state(self) -> State:
        """`attention` with a problem, else `unknown` when something could not be determined, else `healthy`."""
        return "attention" if self.problems else "unknown" if self.unknown else "healthy"


def read_health(client: Callable[[str], Any], *, endpoint: str, monitor_arn: str, now: datetime) -> ModelHealth:
    """Reads the health of a served model.

    Args:
        client: service -> boto3 client in the account and region of the endpoint.
        endpoint: name of the endpoint.
        monitor_arn: ARN of the state machine of the monitor; it does not have to exist.
        now: time of the reading.
    """
    problems: list[str] = []
    unknown: list[str] = []
    status, instances = _endpoint(client("sagemaker"), endpoint)
    if status != "InService":
        problems.append(f"the endpoint {endpoint} is {status}")
    run_status, run_at = _last_run(client("stepfunctions"), monitor_arn)
    if run_status in {"NotMonitored", "NeverRan"}:
        unknown.append("the model has no monitor" if run_status == "NotMonitored" else "the monitor never ran")
    elif run_status not in {"SUCCEEDED", "RUNNING"}:
        problems.append(f"the last run of the monitor ended with {run_status}")
    if run_at is not None and now - run_at > STALE:
        problems.append(f"the last run of the monitor is {(now - run_at).days} days old")
    cloudwatch = client("cloudwatch")
    figures = _figures(cloudwatch, endpoint, now)
    alarms = _alarms(cloudwatch, {endpoint, monitor_arn})
    problems += [f"the alarm {name} is raised" for name, state in alarms.items() if state == "ALARM"]
    return ModelHealth(
        endpoint=endpoint,
        endpoint_status=status,
        instances=instances,
        run_status=run_status,
        run_at=run_at,
        figures=figures,
        alarms=alarms,
        problems=problems,
        unknown=unknown,
    )


def _endpoint(sagemaker: Any, endpoint: str) -> tuple[str, int]:
    try:
        description = sagemaker.describe_endpoint(EndpointName=endpoint)
    except ClientError as error:
        if _code(error) != "ValidationException":
            raise
        return "NotDeployed", 0
    variants = description.get("ProductionVariants", [])
    return str(description["EndpointStatus"]), sum(int(v.get("CurrentInstanceCount", 0)) for v in variants)


def _last_run(stepfunctions: Any, monitor_arn: str) -> tuple[str, datetime | None]:
    try:
        executions = stepfunctions.list_executions(stateMachineArn=monitor_arn, maxResults=_PAGE)["executions"]
    except ClientError as error:
        if _code(error) != "StateMachineDoesNotExist":
            raise
        return "NotMonitored", None
    if not executions:
        return "NeverRan", None
    last = max(executions, key=lambda execution: execution["startDate"])
    return str(last["status"]), last.get("stopDate") or last["startDate"]


def _figures(cloudwatch: Any, endpoint: str, now: datetime) -> Sequence[Figure]:
    """The last value of each metric of the monitor."""
    pages = cloudwatch.get_paginator("list_metrics").paginate(
        Namespace=MONITORING, Dimensions=[{"Name": "Endpoint", "Value": endpoint}]
    )
    names = sorted({metric["MetricName"] for page in pages for metric in page["Metrics"]})
    figures: list[Figure] = []
    for start in range(0, len(names), _PAGE):
        part = names[start : start + _PAGE]
        queries = [
            {
                "Id": f"m{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": MONITORING,
                        "MetricName": name,
                        "Dimensions": [{"Name": "Endpoint", "Value": endpoint}],
                    },
                    "Period": 3600,
                    "Stat": "Maximum",
                },
            }
            for number, name in enumerate(part)
        ]
        answer = cloudwatch.get_metric_data(
            MetricDataQueries=queries, StartTime=now - WINDOW, EndTime=now + timedelta(hours=1)
        )
        for result in answer["MetricDataResults"]:
            points = sorted(zip(result["Timestamps"], result["Values"], strict=True))
            if points:
                at, value = points[-1]
                figures.append(Figure(name=part[int(result["Id"][1:])], value=float(value), at=at.astimezone(UTC)))
    return figures


def _alarms(cloudwatch: Any, subjects: set[str]) -> Mapping[str, str]:
    """The alarms whose metric has one of the subjects as the value of a dimension."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
    return {
        alarm["AlarmName"]: alarm["StateValue"]
        for page in pages
        for alarm in page["MetricAlarms"]
        if not subjects.isdisjoint(dimension["Value"] for dimension in _dimensions(alarm))
    }


def _dimensions(alarm: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    queries = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    return [entry for metric in (alarm, *queries) for entry in metric.get("Dimensions", [])]


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
