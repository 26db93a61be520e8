"""Fits an estimator one Newton step at a time, so that an interrupted training continues after its last step."""

import warnings
from typing import Any, Final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from workloads.pipeline.checkpoints import NO_CHECKPOINTS, Checkpoints, State
from workloads.pipeline.distribution import Array

STEPS: Final = 100
"""Newton steps after which the rest is left to scikit-learn; a linear model needs about ten."""


def solve(estimator: Any, encoded: Array, target: Array, checkpoints: Checkpoints = NO_CHECKPOINTS) -> Any:
    """Fits an estimator; the same coefficients, bit for bit, wherever the training was interrupted.

    A step starts from the coefficients alone, so that the checkpoint is the whole state. A step that converges leaves
    no checkpoint: the training that continues repeats it.

    Args:
        estimator: linear estimator with the solver `newton-cholesky`, not fitted.
        encoded: scaled numbers and coded categories per row.
        target: value of the target per row.
        checkpoints: where the state is kept.

    Returns:
        The fitted estimator.
    """
    declared = {name: estimator.get_params()[name] for name in ("max_iter", "warm_start")}
    estimator.set_params(max_iter=1, warm_start=True)
    state = checkpoints.read()
    steps = 0
    if state is not None:
        steps = state.steps
        estimator.coef_ = np.array(state.coefficients)
        estimator.intercept_ = np.array(state.intercept) if isinstance(state.intercept, list) else state.intercept
    while not _step(estimator, encoded, target):
        steps += 1
        before = state
        intercept = estimator.intercept_
        state = State(
            steps=steps,
            coefficients=estimator.coef_.tolist(),
            intercept=intercept.tolist() if isinstance(intercept, np.ndarray) else float(intercept),
        )
        stuck = before is not None and before.coefficients == state.coefficients
        if stuck or steps >= STEPS:
            # scikit-learn falls back to another solver, which needs more than one iteration.
            estimator.set_params(max_iter=STEPS).fit(encoded, target)
            break
        checkpoints.write(state)
    estimator.n_iter_ = estimator.n_iter_ * 0 + steps + 1
    return estimator.set_params(**declared)


def _step(estimator: Any, encoded: Array, target: Array) -> bool:
    """Takes one step; returns whether the solver converged."""
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        estimator.fit(encoded, target)
    return not any(issubclass(warning.category, ConvergenceWarning) for warning in raised)
