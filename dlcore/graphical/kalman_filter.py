"""A hidden state that moves linearly with Gaussian noise, followed from noisy measurements."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class GaussianState(NamedTuple):
    """What is believed of the state.

    Attributes:
        mean: shape (d,).
        covariance: shape (d, d).

    Section: :ref:`sec-tracking`.

    Example:
        >>> GaussianState(torch.zeros(2), torch.eye(2)).mean.shape
        torch.Size([2])

    In production: torch.distributions.MultivariateNormal.
    """

    mean: Float[Tensor, " d"]
    covariance: Float[Tensor, "d d"]


class KalmanRun(NamedTuple):
    """What is believed after each measurement.

    Attributes:
        means: shape (t, d).
        covariances: shape (t, d, d).
        log_likelihood: of all measurements, in nats.

    Section: :ref:`sec-tracking`.

    Example:
        >>> KalmanRun(torch.zeros(3, 2), torch.zeros(3, 2, 2), 0.0).means.shape
        torch.Size([3, 2])

    In production: the arrays of filterpy's batch_filter.
    """

    means: Float[Tensor, "t d"]
    covariances: Float[Tensor, "t d d"]
    log_likelihood: float


class KalmanFilter:
    r"""The exact posterior of a linear Gaussian state, one measurement after the other.

    The state moves as $x_t = F x_{t-1} + w$ with $w \sim \mathcal N(0, Q)$ and is measured as
    $y_t = H x_t + v$ with $v \sim \mathcal N(0, R)$.

    Args:
        F: how the state moves, shape (d, d).
        H: what is measured of it, shape (m, d).
        Q: covariance of the movement's noise, shape (d, d).
        R: covariance of the measurement's noise, shape (m, m).

    Raises:
        ValueError: shapes that do not fit; in use, a covariance that is not positive definite.

    Equations: :eq:`eq-kalman-predict`, :eq:`eq-kalman-update`.
    Section: :ref:`sec-tracking`.

    Source: Kalman (1960), A new approach to linear filtering and prediction problems,
        doi:10.1115/1.3662552.

    Example:
        >>> one = torch.ones(1, 1)
        >>> walk = KalmanFilter(F=one, H=one, Q=0 * one, R=one)
        >>> run = walk.filter(torch.tensor([[1.0], [3.0]]), torch.zeros(1), 1e6 * one)
        >>> round(run.means[-1].item(), 3), round(run.covariances[-1].item(), 3)
        (2.0, 0.5)

    In production: filterpy.kalman.KalmanFilter, statsmodels.tsa.statespace.
    """

    def __init__(
        self,
        F: Float[Tensor, "d d"],
        H: Float[Tensor, "m d"],
        Q: Float[Tensor, "d d"],
        R: Float[Tensor, "m m"],
    ) -> None:
        d, m = len(F), len(H)
        shapes = (F.shape, H.shape, Q.shape, R.shape)
        if shapes != ((d, d), (m, d), (d, d), (m, m)):
            raise ValueError(
                "expected F (d, d), H (m, d), Q (d, d), R (m, m), got "
                + ", ".join(str(tuple(shape)) for shape in shapes)
            )
        self.F, self.H, self.Q, self.R = F, H, Q, R

    def predict(self, state: GaussianState) -> GaussianState:
        """What is believed of the next state before it is measured."""
        mean, covariance = state
        return GaussianState(self.F @ mean, self.F @ covariance @ self.F.T + self.Q)

    def measurement(self, state: GaussianState) -> GaussianState:
        """What is expected to be measured: mean (m,) and covariance (m, m)."""
        mean, covariance = state
        return GaussianState(self.H @ mean, self.H @ covariance @ self.H.T + self.R)

    def update(self, state: GaussianState, y: Float[Tensor, " m"]) -> GaussianState:
        """What is believed of a state once it is measured.

        Args:
            state: the belief before.
            y: the measurement, shape (m,).

        Returns:
            The posterior; its covariance is computed in Joseph's form, which stays symmetric.
        """
        mean, covariance = state
        expected, spread = self.measurement(state)
        factor = self._cholesky(spread)
        gain = torch.cholesky_solve(self.H @ covariance, factor).T
        left = torch.eye(len(mean)).to(mean) - gain @ self.H
        joseph = left @ covariance @ left.T + gain @ self.R @ gain.T
        return GaussianState(mean + gain @ (y - expected), joseph)

    def _cholesky(self, spread: Tensor) -> Tensor:
        factor, failed = torch.linalg.cholesky_ex(spread)
        if failed:
            raise ValueError("the covariance of a measurement is not positive definite")
        return factor

    def filter(
        self, Y: Float[Tensor, "t m"], mean: Float[Tensor, " d"], covariance: Float[Tensor, "d d"]
    ) -> KalmanRun:
        """Follow the state through measurements.

        Args:
            Y: one measurement a row, shape (t, m); a row with NaN is missing and only predicted.
            mean: what is believed of the state before the first movement, shape (d,).
            covariance: how surely, shape (d, d).

        Returns:
            Means and covariances after each measurement, and the log-likelihood of all.

        Raises:
            ValueError: another number of columns, or a covariance that is not positive definite.
        """
        if Y.ndim != 2 or Y.shape[1] != len(self.R):
            raise ValueError(f"expected measurements (t, {len(self.R)}), got {tuple(Y.shape)}")
        state, states, log_likelihood = GaussianState(mean, covariance), [], 0.0
        for y in Y:
            state = self.predict(state)
            if not y.isnan().any():
                expected, spread = self.measurement(state)
                factor = self._cholesky(spread)
                z = torch.linalg.solve_triangular(factor, (y - expected)[:, None], upper=False)
                log_det = 2 * factor.diagonal().log().sum()
                constant = len(y) * math.log(2 * math.pi)
                log_likelihood -= 0.5 * float(z.square().sum() + log_det + constant)
                state = self.update(state, y)
            states.append(state)
        means = torch.stack([s.mean for s in states]) if states else mean.new_zeros(0, len(mean))
        spreads = [s.covariance for s in states]
        covariances = torch.stack(spreads) if states else covariance.new_zeros(0, *covariance.shape)
        return KalmanRun(means, covariances, log_likelihood)
