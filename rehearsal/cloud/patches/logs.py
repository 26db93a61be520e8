"""CloudWatch Logs: a metric filter that is put again replaces the one of that name, which moto keeps beside it."""

from typing import Any

from moto.logs.metric_filters import MetricFilters

from rehearsal.cloud.patches import registry


def apply() -> None:
    """One filter a name and log group."""
    registry.replace(MetricFilters, "add_filter", "e7548799da94", _replacing)


def _replacing(original: Any) -> Any:
    def add_filter(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, *more: Any) -> None:
        self.metric_filters[:] = [
            one
            for one in self.metric_filters
            if (one["filterName"], one["logGroupName"]) != (filter_name, log_group_name)
        ]
        original(self, filter_name, filter_pattern, log_group_name, *more)

    return add_filter
