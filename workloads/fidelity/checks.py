"""The checks of a synthetic data set: how much it is like the real rows, and whether it gives any of them away.

Sources: total variation, Kolmogorov-Smirnov statistic and contingency tables as in SDMetrics; train on synthetic rows,
test on real ones (Esteban et al., arXiv:1706.02633); distance to the closest record against a holdout (Platzer and
Reutterer, 2021, "Holdout-Based Empirical Assessment of Mixed-Type Synthetic Data"); membership inference by distance
(Chen et al., 2020, "GAN-Leaks").
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Final, Literal

import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from workloads.fidelity.table import Array, Encoding, Table, TableError

Kind = Literal["fidelity", "privacy"]
SEED: Final = 20260101
CLOSE_QUANTILE: Final = 0.01
"""Share of holdout rows whose distance ratio counts as close to a real row."""
FALSE_ALARMS: Final = 0.05
"""Share of unseen rows that the attacker takes for seen ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """The result of one check."""

    name: str
    kind: Kind
    value: float
    limit: float
    passed: bool
    meaning: str
    detail: Mapping[str, float] = field(default_factory=dict[str, float])
    """Column or pair -> its value, the worst first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sets:
    """The three data sets, encoded alike."""

    reference: Table
    """Real rows that the generator may have seen."""
    holdout: Table
    """Real rows that it has not seen."""
    synthetic: Table
    encoding: Encoding
    target: str | None
    """Column with two values that a model predicts; None skips the check of utility."""


def judge(sets: Sets) -> list[Check]:
    """Makes every check.

    Raises:
        TableError: the target is no column with two values.
    """
    checks: Sequence[Callable[[Sets], Check]] = (
        marginals,
        dependence,
        *([utility] if sets.target is not None else []),
        exact_copies,
        identifiers,
        distance_ratio,
        membership,
    )
    return [check(sets) for check in checks]


def marginals(sets: Sets) -> Check:
    """The largest difference of a column's distribution: Kolmogorov-Smirnov, or total variation of categories."""
    values = {name: _marginal(sets, name) for name in sets.reference.names}
    return _worst("marginals", "fidelity", values, 0.1, "largest difference of the distribution of a column")


def _marginal(sets: Sets, name: str) -> float:
    if name in sets.encoding.numeric:
        real = np.array(sets.reference.column(name), dtype=float)
        result: Any = stats.ks_2samp(real, np.array(sets.synthetic.column(name), dtype=float))
        return float(result.statistic)
    size = len(sets.encoding.categories[name]) + 1
    shares = [
        np.bincount(sets.encoding.groups(table, name), minlength=size) / len(table.rows)
        for table in (sets.reference, sets.synthetic)
    ]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def dependence(sets: Sets) -> Check:
    """The largest difference of the dependence of two columns: Cramér's V over groups."""
    real, synthetic = (cramers(sets, table) for table in (sets.reference, sets.synthetic))
    values = {pair: abs(real[pair] - synthetic[pair]) for pair in real}
    return _worst("dependence", "fidelity", values, 0.1, "largest difference of Cramér's V of two columns")


def cramers(sets: Sets, table: Table) -> dict[str, float]:
    """Pair of columns -> Cramér's V, corrected for bias (Bergsma, 2013)."""
    groups = {name: sets.encoding.groups(table, name) for name in table.names}
    return {f"{a} and {b}": _cramer(groups[a], groups[b]) for a, b in combinations(table.names, 2)}


def _cramer(first: Array, second: Array) -> float:
    _, rows = np.unique(first, return_inverse=True)
    _, columns = np.unique(second, return_inverse=True)
    height, width, count = int(rows.max()) + 1, int(columns.max()) + 1, len(rows)
    if min(height, width) < 2:  # noqa: PLR2004 - a constant depends on nothing
        return 0.0
    observed = np.zeros((height, width))
    np.add.at(observed, (rows, columns), 1)
    expected = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0, keepdims=True) / count
    phi = float(((observed - expected) ** 2 / expected).sum()) / count
    corrected = max(0.0, phi - (height - 1) * (width - 1) / (count - 1))
    sizes = [size - (size - 1) ** 2 / (count - 1) for size in (height, width)]
    return float(np.sqrt(corrected / max(min(sizes) - 1, 1e-9)))


def utility(sets: Sets) -> Check:
    """What a model loses that is trained on synthetic rows, on real rows that it has not seen: difference of AUROC."""
    target = sets.target or ""
    values = sets.encoding.categories.get(target, ())
    if len(values) != 2:  # noqa: PLR2004 - yes and no
        raise TableError(f"the target {target!r} is no column with two values")
    scores = {
        name: _auroc(sets, table, target, values[1])
        for name, table in (("trained on real rows", sets.reference), ("trained on synthetic rows", sets.synthetic))
    }
    lost = scores["trained on real rows"] - scores["trained on synthetic rows"]
    return Check(
        name="utility",
        kind="fidelity",
        value=lost,
        limit=0.05,
        passed=lost <= 0.05,  # noqa: PLR2004 - the limit above
        meaning="AUROC that a model loses when it is trained on synthetic rows",
        detail=scores,
    )


def _auroc(sets: Sets, table: Table, target: str, positive: str) -> float:
    labels = np.array([value == positive for value in table.column(target)])
    if labels.all() or not labels.any():
        return 0.5
    model = LogisticRegression(max_iter=1000)
    model.fit(sets.encoding.points(table, without=[target]), labels)
    predicted = model.predict_proba(sets.encoding.points(sets.holdout, without=[target]))[:, 1]
    outcomes = np.array([value == positive for value in sets.holdout.column(target)])
    if outcomes.all() or not outcomes.any():
        raise TableError(f"the target {target!r} has one value in the holdout")
    return float(roc_auc_score(outcomes, predicted))


def exact_copies(sets: Sets) -> Check:
    """Synthetic rows that equal a real row. A holdout row does so by chance where columns have few values."""
    known = set(sets.reference.rows)
    by_chance = sum(row in known for row in sets.holdout.rows) / len(sets.holdout.rows)
    copies = sum(row in known for row in sets.synthetic.rows) / len(sets.synthetic.rows)
    limit = by_chance + 3 * float(np.sqrt(by_chance * (1 - by_chance) / len(sets.synthetic.rows)))
    return _privacy("exact copies", copies, limit, "share of synthetic rows that equal a real row; limit: by chance")


def identifiers(sets: Sets) -> Check:
    """Values of identifying columns that are in both sets: none is allowed."""
    shared = {
        name: float(len(values & sets.synthetic.identifiers.get(name, frozenset())))
        for name, values in sets.reference.identifiers.items()
    }
    check = _privacy("identifiers", sum(shared.values()), 0.0, "identifiers of real rows among the synthetic rows")
    return replace(check, detail=shared)


def distance_ratio(sets: Sets) -> Check:
    """Synthetic rows that lie much closer to one real row than to the next, as a copy with some noise does."""
    real = sets.encoding.points(sets.reference)
    held = ratios(real, sets.encoding.points(sets.holdout))
    made = ratios(real, sets.encoding.points(sets.synthetic))
    close = float(np.quantile(held, CLOSE_QUANTILE))
    share = float((made < close).mean())
    limit = _by_chance(CLOSE_QUANTILE, len(made), len(held))
    return _privacy(
        "distance ratio", share, limit, "share of synthetic rows as close to one real row as 1 % of unseen rows are"
    )


def ratios(real: Array, points: Array) -> Array:
    """Distance to the nearest real row, divided by the distance to the second nearest."""
    distances, _ = NearestNeighbors(n_neighbors=2).fit(real).kneighbors(points)
    return distances[:, 0] / np.maximum(distances[:, 1], 1e-12)


def membership(sets: Sets) -> Check:
    """An attacker guesses which real rows the generator has seen: those that lie closest to synthetic rows."""
    seen, unseen = membership_distances(sets)
    limit = float(np.quantile(unseen, FALSE_ALARMS))
    labels = np.concatenate([np.ones(len(seen)), np.zeros(len(unseen))])
    auroc = float(roc_auc_score(labels, -np.concatenate([seen, unseen])))
    fraction = float((seen < limit).mean())
    chance = _by_chance(FALSE_ALARMS, len(seen), len(unseen))
    noise = 0.5 + 4 * float(np.sqrt((len(seen) + len(unseen) + 1) / (12 * len(seen) * len(unseen))))
    check = _privacy("membership", fraction, chance, "share of seen rows that an attack finds at 5 % false alarms")
    passed = check.passed and auroc <= noise
    return replace(check, passed=passed, detail={"AUROC": auroc, "AUROC, limit": noise})


def membership_distances(sets: Sets) -> tuple[Array, Array]:
    """Distance to the nearest synthetic row, of real rows that the generator may have seen and of unseen ones."""
    nearest = NearestNeighbors(n_neighbors=1).fit(sets.encoding.points(sets.synthetic))
    seen, unseen = (nearest.kneighbors(sets.encoding.points(t))[0][:, 0] for t in (sets.reference, sets.holdout))
    return seen, unseen


def _by_chance(share: float, first: int, second: int) -> float:
    """A share that chance exceeds once in 30,000 times: four standard deviations of the difference of two samples."""
    return share + 4 * float(np.sqrt(share * (1 - share) * (1 / first + 1 / second)))


def _worst(name: str, kind: Kind, values: Mapping[str, float], limit: float, meaning: str) -> Check:
    ordered = dict(sorted(values.items(), key=lambda item: -item[1]))
    value = next(iter(ordered.values()), 0.0)
    return Check(name=name, kind=kind, value=value, limit=limit, passed=value <= limit, meaning=meaning, detail=ordered)


def _privacy(name: str, value: float, limit: float, meaning: str) -> Check:
    return Check(name=name, kind="privacy", value=value, limit=limit, passed=value <= limit, meaning=meaning)
