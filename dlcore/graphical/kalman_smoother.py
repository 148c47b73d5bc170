"""What later measurements say about earlier states: the Kalman filter, walked back."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical.kalman_filter import GaussianState, KalmanFilter, KalmanRun


def kalman_smooth(
    kalman: KalmanFilter,
    Y: Float[Tensor, "t m"],
    mean: Float[Tensor, " d"],
    covariance: Float[Tensor, "d d"],
) -> KalmanRun:
    r"""The posterior of each state given all measurements, before and after it.

    Rauch, Tung and Striebel's sweep back: with gain $G_t = P_t F^\top (P^-_{t+1})^{-1}$ the
    smoothed mean is $\hat x_t + G_t (\hat x^s_{t+1} - F \hat x_t)$.

    Args:
        kalman: the model.
        Y: one measurement a row, shape (t, m); a row with NaN is missing.
        mean: what is believed of the state before the first movement, shape (d,).
        covariance: how surely, shape (d, d).

    Returns:
        Means (t, d), covariances (t, d, d), and the filter's log-likelihood.

    Raises:
        ValueError: another number of columns, or a covariance that is not positive definite.

    Equation: :eq:`eq-kalman-smoother`.
    Section: :ref:`sec-sensor-fusion`.

    Source: Rauch, Tung, Striebel (1965), Maximum likelihood estimates of linear dynamic systems,
        doi:10.2514/3.3166.

    Example:
        >>> one = torch.ones(1, 1)
        >>> still = KalmanFilter(F=one, H=one, Q=1e-6 * one, R=one)
        >>> run = kalman_smooth(still, torch.tensor([[1.0], [3.0]]), torch.zeros(1), 1e4 * one)
        >>> [round(m, 2) for m in run.means[:, 0].tolist()]
        [2.0, 2.0]

    In production: filterpy's rts_smoother, statsmodels.tsa.statespace.
    """
    run = kalman.filter(Y, mean, covariance)
    means, covariances = list(run.means), list(run.covariances)
    for t in reversed(range(len(Y) - 1)):
        ahead = kalman.predict(GaussianState(run.means[t], run.covariances[t]))
        factor, failed = torch.linalg.cholesky_ex(ahead.covariance)
        if failed:
            raise ValueError("the covariance of a predicted state is not positive definite")
        gain = torch.cholesky_solve(kalman.F @ run.covariances[t], factor).T
        means[t] = run.means[t] + gain @ (means[t + 1] - ahead.mean)
        change = covariances[t + 1] - ahead.covariance
        covariances[t] = run.covariances[t] + gain @ change @ gain.T
    if not means:
        return run
    return KalmanRun(torch.stack(means), torch.stack(covariances), run.log_likelihood)
