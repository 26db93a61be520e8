"""Longest prefix match over whole ranges: a route table flattened once, then asked by bisection."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspection.network.model import Route
from inspection.network.ranges import Range


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteRanges:
    """Disjoint ranges, in order, each with the route that wins there."""

    starts: Sequence[int]
    ends: Sequence[int]
    routes: Sequence[Route]

    def pieces(self, requested: Range) -> Sequence[tuple[Range, Route | None]]:
        """The wanted addresses, cut where the route changes; `None` where no route leads."""
        low, high = requested
        routes: list[tuple[Range, Route | None]] = []
        index = max(bisect_right(self.starts, low) - 1, 0)
        while low <= high:
            while index < len(self.ends) and self.ends[index] < low:
                index += 1
            if index == len(self.ends) or self.starts[index] > high:
                routes.append(((low, high), None))
                break
            if self.starts[index] > low:
                routes.append(((low, self.starts[index] - 1), None))
                low = self.starts[index]
            last = min(high, self.ends[index])
            routes.append(((low, last), self.routes[index]))
            low = last + 1
        return routes


def flatten(entries: Iterable[tuple[Range, Route]]) -> RouteRanges:
    """Lets the longest prefix win; of equal ones a static route, then the first (VPC guide, "Route priority")."""
    ordered = sorted(entries, key=lambda entry: (entry[0][0], -entry[0][1], entry[1].propagated))
    starts: list[int] = []
    ends: list[int] = []
    routes: list[Route] = []
    above: list[tuple[Range, Route]] = []
    position = 0

    def put(low: int, high: int, route: Route) -> None:
        if low <= high:
            starts.append(low)
            ends.append(high)
            routes.append(route)

    def close(until: int) -> None:
        """Writes what open networks still cover before `until`."""
        nonlocal position
        while above and above[-1][0][1] < until:
            (_, last), route = above.pop()
            put(position, last, route)
            position = max(position, last + 1)
        if above:
            put(position, until - 1, above[-1][1])
        position = max(position, until)

    covered: set[Range] = set()
    for network, route in ordered:
        if network in covered:
            continue
        covered.add(network)
        close(network[0])
        above.append((network, route))
        position = network[0]
    close(1 << 130)
    return RouteRanges(starts=starts, ends=ends, routes=routes)
