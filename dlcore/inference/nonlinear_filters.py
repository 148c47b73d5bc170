"""Kalman filters for states that move and are seen in curves."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical import GaussianState, KalmanFilter
from dlcore.linalg import cholesky

Motion = Callable[[Tensor], Tensor]


class _NonlinearFilter(KalmanFilter):
    """A filter whose movement and measurement are functions instead of matrices."""

    def __init__(self, f: Motion, h: Motion, Q: Tensor, R: Tensor) -> None:
        if Q.ndim != 2 or R.ndim != 2 or Q.shape[0] != Q.shape[1] or R.shape[0] != R.shape[1]:
            raise ValueError(
                f"expected Q (d, d) and R (m, m), got {tuple(Q.shape)} and {tuple(R.shape)}"
            )
        self.f, self.h, self.Q, self.R = f, h, Q, R


class ExtendedKalmanFilter(_NonlinearFilter):
    r"""A Kalman filter on a nonlinear state, by its tangent at the current mean.

    The state moves as $x_t = f(x_{t-1}) + w$ and is measured as $y_t = h(x_t) + v$ with Gaussian
    noise; f and h are replaced by their linear parts, whose slopes autograd computes.

    Args:
        f: how the state moves, from (d,) to (d,), differentiable.
        h: what is measured of it, from (d,) to (m,), differentiable.
        Q: covariance of the movement's noise, shape (d, d).
        R: covariance of the measurement's noise, shape (m, m).

    Raises:
        ValueError: shapes that do not fit; in use, a covariance that is not positive definite.

    Equation: :eq:`eq-extended-kalman`.
    Section: :ref:`sec-nonlinear-filtering`.

    Source: Smith, Schmidt, McGee (1962), Application of statistical filter theory to the optimal
        estimation of position and velocity on board a circumlunar vehicle, NASA TR R-135.

    Example:
        >>> walk = ExtendedKalmanFilter(
        ...     lambda x: x, lambda x: x.square(), 0.01 * torch.eye(1), 0.1 * torch.eye(1)
        ... )
        >>> run = walk.filter(torch.full((20, 1), 4.0), torch.ones(1), torch.eye(1))
        >>> run.means[-1].round(decimals=1)
        tensor([2.])

    In production: filterpy.kalman.ExtendedKalmanFilter; GTSAM for mapping.
    """

    def predict(self, state: GaussianState) -> GaussianState:
        """What is believed of the next state before it is measured."""
        mean, covariance = state
        F = torch.func.jacrev(self.f)(mean)
        return GaussianState(self.f(mean), F @ covariance @ F.mT + self.Q)

    def measurement(self, state: GaussianState) -> GaussianState:
        """What is expected to be measured: mean (m,) and covariance (m, m)."""
        mean, covariance = state
        H = torch.func.jacrev(self.h)(mean)
        return GaussianState(self.h(mean), H @ covariance @ H.mT + self.R)

    def update(self, state: GaussianState, y: Float[Tensor, " m"]) -> GaussianState:
        """What is believed of a state once it is measured, by the tangent of h there."""
        mean = state.mean
        H = torch.func.jacrev(self.h)(mean)
        tangent = KalmanFilter(torch.eye(len(mean)).to(mean), H, self.Q, self.R)
        return tangent.update(state, y - self.h(mean) + H @ mean)


class UnscentedKalmanFilter(_NonlinearFilter):
    r"""A Kalman filter on a nonlinear state, by 2d + 1 points sent through it.

    The points $\mu$ and $\mu \pm \sqrt{d + \kappa}\,L_i$ have the mean and covariance $LL^\top$ of
    the belief; the weighted mean and covariance of their images are taken for those of the next
    one. No derivative is needed, and curvature shifts the mean as it should.

    Args:
        f: how the state moves, from (d,) to (d,).
        h: what is measured of it, from (d,) to (m,).
        Q: covariance of the movement's noise, shape (d, d).
        R: covariance of the measurement's noise, shape (m, m).
        kappa: the weight of the centre, above -d; with 3 - d a Gaussian's kurtosis is met too.

    Raises:
        ValueError: shapes that do not fit, or a kappa of at most -d; in use, a covariance of a
            measurement that is not positive definite.
        NotPositiveDefiniteError: in use, the covariance of a belief is not positive definite.

    Equation: :eq:`eq-unscented-points`.
    Section: :ref:`sec-nonlinear-filtering`.

    Source: Julier, Uhlmann (1997), A new extension of the Kalman filter to nonlinear systems,
        doi:10.1117/12.280797.

    Example:
        >>> squares = UnscentedKalmanFilter(
        ...     torch.square, lambda x: x, 1e-6 * torch.eye(1), torch.eye(1), kappa=2.0
        ... )
        >>> squares.predict(GaussianState(torch.zeros(1), torch.eye(1))).mean.round(decimals=3)
        tensor([1.])

    In production: filterpy.kalman.UnscentedKalmanFilter.
    """

    def __init__(
        self,
        f: Motion,
        h: Motion,
        Q: Float[Tensor, "d d"],
        R: Float[Tensor, "m m"],
        *,
        kappa: float = 0.0,
    ) -> None:
        super().__init__(f, h, Q, R)
        if kappa + len(Q) <= 0:
            raise ValueError(f"kappa must lie above -{len(Q)}, got {kappa}")
        self.kappa = kappa

    def _through(self, state: GaussianState, g: Motion) -> tuple[GaussianState, Tensor]:
        """Mean and covariance of the images, and the covariance of places with images."""
        mean, covariance = state
        d = len(mean)
        arms = cholesky((covariance + covariance.mT) / 2).mT * (d + self.kappa) ** 0.5
        points = torch.cat([mean[None], mean + arms, mean - arms])
        weights = mean.new_full((2 * d + 1,), 0.5 / (d + self.kappa))
        weights[0] = self.kappa / (d + self.kappa)
        images = torch.stack([g(x) for x in points])
        centre = weights @ images
        away = images - centre
        spread = (weights * away.mT) @ away
        return GaussianState(centre, spread), (weights * (points - mean).mT) @ away

    def predict(self, state: GaussianState) -> GaussianState:
        """What is believed of the next state before it is measured."""
        moved, _ = self._through(state, self.f)
        return GaussianState(moved.mean, moved.covariance + self.Q)

    def measurement(self, state: GaussianState) -> GaussianState:
        """What is expected to be measured: mean (m,) and covariance (m, m)."""
        seen, _ = self._through(state, self.h)
        return GaussianState(seen.mean, seen.covariance + self.R)

    def update(self, state: GaussianState, y: Float[Tensor, " m"]) -> GaussianState:
        """What is believed of a state once it is measured."""
        seen, cross = self._through(state, self.h)
        spread = seen.covariance + self.R
        gain = torch.cholesky_solve(cross.mT, self._cholesky(spread)).mT
        covariance = state.covariance - gain @ spread @ gain.mT
        return GaussianState(state.mean + gain @ (y - seen.mean), (covariance + covariance.mT) / 2)
