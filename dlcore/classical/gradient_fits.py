"""Linear regression by gradient descent, with all examples in a step, one, or a few."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.estimator import Regressor, as_generator
from dlcore.classical.linear_regression import add_bias_column, on_line
from dlcore.data import iterate_minibatches
from dlcore.linalg.shapes import as_columns, require_one_matrix
from dlcore.training import NonFiniteLossError


class GradientFit(NamedTuple):
    """Where gradient descent went, see `fit_gd`.

    Section: :ref:`sec-gradient-descent-fit`

    Example:
        >>> GradientFit(torch.ones(2), torch.ones(1, 2), torch.zeros(1)).path.shape
        torch.Size([1, 2])

    In production: nothing to import.
    """

    w: Float[Tensor, " d"]
    """The last weights, shape (d,)."""
    path: Float[Tensor, "t d"]
    """The weights at the start and after each step, shape (steps + 1, d)."""
    costs: Float[Tensor, " t"]
    """The mean squared error over all examples at each of them, shape (steps + 1,)."""


def fit_gd(
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    lr: float,
    steps: int,
    *,
    batch_size: int | None = None,
    decay: float = 0.0,
    generator: torch.Generator | None = None,
) -> GradientFit:
    r"""Least squares by steps against the gradient $\nabla J = \tfrac2n X^\top(Xw - y)$.

    Args:
        X: design matrix, shape (n, d); add the column of ones yourself.
        y: targets, shape (n,).
        lr: learning rate $\eta_0$.
        steps: how many steps.
        batch_size: how many examples a gradient is the mean over; 1 is stochastic gradient descent;
            default all.
        decay: $\eta_t = \eta_0/(1 + t \cdot \text{decay})$; 0 keeps it constant.
        generator: source of the order of the examples; by default torch's global one.

    Returns:
        The last weights, those after each step, and what they cost.

    Raises:
        ValueError: a learning rate that is not positive, a negative decay, or shapes that do not
            fit.
        NonFiniteLossError: the learning rate is too large and the weights grew without bound.
        TypeError: no floating-point tensors.

    Equations: :eq:`eq-least-squares-gradient`, :eq:`eq-stochastic-gradient-step`
    Section: :ref:`sec-gradient-descent-fit`
    Source: Robbins, Monro (1951), A stochastic approximation method, doi:10.1214/aoms/1177729586.

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([2.0, 4.0])
        >>> fit_gd(X, y, lr=0.1, steps=2).path.flatten()
        tensor([0.0000, 1.0000, 1.5000])

    In production: torch.optim.SGD.
    """
    require_one_matrix("fit_gd", X)
    as_columns("fit_gd", X, y)
    require_schedule("fit_gd", lr, decay)
    w = X.new_zeros(X.shape[1])
    path = [w]
    for t, batch in zip(range(steps), _batches(X, y, batch_size, generator), strict=False):
        w = w - lr / (1 + decay * t) * squared_error_gradient(*batch, w)
        path.append(w)
    W = torch.stack(path)
    costs = (X @ W.T - y[:, None]).square().mean(0)
    if not costs.isfinite().all():
        first = int((~costs.isfinite()).nonzero()[0])
        per_epoch = math.ceil(len(X) / (batch_size or len(X)))
        raise NonFiniteLossError(costs[first].item(), *divmod(first - 1, per_epoch))
    return GradientFit(w, W, costs)


def _batches(
    X: Tensor, y: Tensor, batch_size: int | None, generator: torch.Generator | None
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end, in a new order each time all have been seen."""
    while True:
        if batch_size is None:
            yield X, y
        else:
            yield from iterate_minibatches(X, y, batch_size, generator=generator)


def squared_error_gradient(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """The gradient of the mean squared error with respect to the weights."""
    return 2 / len(X) * (X.T @ (X @ w - y))


def require_schedule(name: str, lr: float, decay: float) -> None:
    """Refuse learning rates that are no step forward."""
    if not 0 < lr < math.inf or not 0 <= decay < math.inf:
        raise ValueError(
            f"{name}: lr must be positive and decay at least 0, both finite, got {lr} and {decay}"
        )


class SGDRegressor(Regressor):
    r"""Linear regression by minibatch gradient descent on the mean squared error.

    Scale the features first: the step must suit the largest, and the smallest then takes long.

    Args:
        lr: learning rate $\eta_0$; default $1/(2\max_i\|(x_i, 1)\|^2)$, with which no batch can
            diverge.
        decay: $\eta_t = \eta_0/(1 + t \cdot \text{decay})$ at step t; without decay the weights end
            in a ball of noise about the least squares solution.
        batch_size: examples in a gradient.
        epochs: how often each example is used.
        random_state: seed or generator of the order of the examples.

    Attributes:
        coef_: weights, shape (d,).
        intercept_: the intercept b, one number.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a learning rate that is not positive, a negative decay, a batch of none, or X
            and y as in `LinearRegression`.
        NonFiniteLossError: the learning rate is too large.

    Equation: :eq:`eq-stochastic-gradient-step`
    Section: :ref:`sec-gradient-descent-fit`
    Source: Bottou, Curtis, Nocedal (2018), Optimization methods for large-scale machine learning,
        doi:10.1137/16M1080173.

    Example:
        >>> X = torch.linspace(-1, 1, 64)[:, None]
        >>> model = SGDRegressor(random_state=0).fit(X, 3 * X[:, 0] + 1)
        >>> round(model.coef_.item(), 2), round(model.intercept_.item(), 2)
        (3.0, 1.0)

    In production: sklearn.linear_model.SGDRegressor.
    """

    def __init__(self, *, lr=None, decay=0.0, batch_size=32, epochs=100, random_state=None) -> None:
        self.lr = lr
        self.decay = decay
        self.batch_size = batch_size
        self.epochs = epochs
        self.random_state = random_state

    def fit(self, X, y) -> "SGDRegressor":
        """Find the weights for examples of shape (n, d)."""
        numbers, b = self._regression(X, y)
        A = add_bias_column(numbers)
        lr = 0.5 / A.square().sum(1).max().item() if self.lr is None else self.lr
        require_schedule("SGDRegressor", lr, self.decay)
        generator = as_generator(self.random_state)
        w, t = A.new_zeros(A.shape[1]), 0
        for epoch in range(self.epochs):
            for batch in iterate_minibatches(A, b, self.batch_size, generator=generator):
                w = w - lr / (1 + self.decay * t) * squared_error_gradient(*batch, w)
                t += 1
            if not w.isfinite().all():
                raise NonFiniteLossError(math.inf, epoch, t // (epoch + 1) - 1)
        self._learn(X, coef_=w[:-1], intercept_=w[-1])
        return self

    def predict(self, X):
        """The values on the plane, shape (n,)."""
        return on_line(self, X)
