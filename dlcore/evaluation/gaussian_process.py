"""A distribution over functions that is conditioned on what was measured."""

import math
from typing import Literal

import torch
from jaxtyping import Float
from scipy.optimize import minimize
from torch import Tensor

KernelName = Literal["rbf", "matern"]
SMOOTHNESS = (0.5, 1.5, 2.5)


def matern_kernel(
    X: Float[Tensor, "n d"],
    Z: Float[Tensor, "m d"],
    *,
    length_scale: float | Tensor = 1.0,
    nu: float = 2.5,
) -> Float[Tensor, "n m"]:
    r"""Nearness that falls off less smoothly than a Gaussian.

    With $r = \|x - z\|/\ell$: $e^{-r}$ for $\nu = 1/2$, $(1 + \sqrt3 r) e^{-\sqrt3 r}$ for 3/2,
    $(1 + \sqrt5 r + \frac53 r^2) e^{-\sqrt5 r}$ for 5/2, whose functions can be differentiated
    0, 1 and 2 times.

    Args:
        X: points as rows, shape (n, d).
        Z: points as rows, shape (m, d).
        length_scale: $\ell$, the distance over which a function changes; one number, or one for
            each of the d dimensions.
        nu: $\nu$, 0.5, 1.5 or 2.5.

    Returns:
        The kernel of each pair, shape (n, m), between 0 and 1.

    Raises:
        ValueError: shapes that do not fit, another nu, or a length scale that is not positive.

    Section: :ref:`sec-bayesian-optimization`
    Source: Rasmussen, Williams (2006), Gaussian Processes for Machine Learning, equation 4.17.

    Example:
        >>> matern_kernel(torch.zeros(1, 2), torch.tensor([[0.0, 0.0], [1.0, 0.0]]), nu=0.5)
        tensor([[1.0000, 0.3679]])

    In production: sklearn.gaussian_process.kernels.Matern.
    """
    if nu not in SMOOTHNESS:
        raise ValueError(f"nu must be 0.5, 1.5 or 2.5, got {nu}")
    r2 = _squared_distances(X, Z, length_scale)
    r = torch.where(r2 > 0, r2, 1).sqrt() * (r2 > 0)
    if nu == 0.5:
        return (-r).exp()
    s = math.sqrt(2 * nu) * r
    polynomial = 1 + s if nu == 1.5 else 1 + s + s**2 / 3
    return polynomial * (-s).exp()


class GaussianProcess:
    r"""Regression with a Gaussian process: a mean and an uncertainty at every point.

    Targets are centred on their mean first. Computation is in float64.

    Args:
        kernel: "rbf", whose functions are smooth without limit, or "matern".
        length_scale: $\ell$, one number or one for each dimension.
        amplitude: standard deviation of the functions about their mean.
        noise: standard deviation of the measurements; a trace of it keeps the matrix solvable.
        nu: smoothness of the Matérn kernel, 0.5, 1.5 or 2.5.
        optimize: choose length scales and amplitude in `fit` by maximizing the likelihood of the
            data, from what was given.

    Attributes:
        X_: the points, shape (n, d).
        mean_: the mean of the targets.
        log_marginal_likelihood_: of the targets, under the process.
        length_scale: as given, or one for each dimension as chosen.
        amplitude: as given, or as chosen.

    Raises:
        ValueError: an unknown kernel or nu, or a number that is not positive.

    Equation: :eq:`eq-gp-posterior`
    Section: :ref:`sec-bayesian-optimization`
    Source: Rasmussen, Williams (2006), Gaussian Processes for Machine Learning, algorithm 2.1.

    Example:
        >>> process = GaussianProcess("rbf").fit(torch.tensor([[0.0], [1.0]]), torch.tensor([0, 1]))
        >>> mean, std = process.predict(torch.tensor([[1.0], [9.0]]))
        >>> mean.round(decimals=2), std.round(decimals=2)
        (tensor([1.0000, 0.5000], dtype=torch.float64), tensor([0., 1.], dtype=torch.float64))

    In production: sklearn.gaussian_process.GaussianProcessRegressor, gpytorch.
    """

    def __init__(
        self,
        kernel: KernelName = "matern",
        *,
        length_scale: float | Tensor = 1.0,
        amplitude: float = 1.0,
        noise: float = 1e-3,
        nu: float = 2.5,
        optimize: bool = False,
    ) -> None:
        if kernel not in ("rbf", "matern"):
            raise ValueError(f"kernel must be 'rbf' or 'matern', got {kernel!r}")
        if nu not in SMOOTHNESS:
            raise ValueError(f"nu must be 0.5, 1.5 or 2.5, got {nu}")
        for name, number in (("amplitude", amplitude), ("noise", noise)):
            if not 0 < number < math.inf:
                raise ValueError(f"{name} must be positive and finite, got {number}")
        self.kernel = kernel
        self.length_scale = length_scale
        self.amplitude = amplitude
        self.noise = noise
        self.nu = nu
        self.optimize = optimize

    def fit(self, X: Float[Tensor, "n d"], y: Tensor) -> "GaussianProcess":
        """Condition the process on targets (n,) measured at points (n, d)."""
        if X.ndim != 2 or y.shape != X.shape[:1] or len(X) == 0:
            raise ValueError(
                f"points (n, d) and targets (n,) are needed, got {tuple(X.shape)}, {tuple(y.shape)}"
            )
        X, y = X.detach().double(), y.detach().double()
        if not (X.isfinite().all() and y.isfinite().all()):
            raise ValueError("points and targets must be finite")
        self.X_, self.mean_ = X, y.mean()
        centred = y - self.mean_
        if self.optimize:
            self._choose_scales(centred)
        self._factor, self._weights, likelihood = self._condition(
            self.length_scale, self.amplitude, centred
        )
        self.log_marginal_likelihood_ = likelihood.item()
        return self

    def predict(self, X: Float[Tensor, "m d"]) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of the function at points (m, d), both of shape (m,)."""
        mean, cross = self._posterior(X)
        variance = self.amplitude**2 - cross.square().sum(0)
        return mean, variance.clamp(min=0).sqrt()

    def sample(
        self, X: Float[Tensor, "m d"], n: int = 1, *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Functions drawn from the process, at points (m, d); shape (n, m)."""
        mean, cross = self._posterior(X)
        X = X.detach().double()
        prior = self._covariance(X, X, self.length_scale, self.amplitude)
        values, vectors = torch.linalg.eigh(prior - cross.T @ cross)
        noise = torch.randn(n, len(mean), generator=generator, dtype=mean.dtype, device=mean.device)
        return mean + noise * values.clamp(min=0).sqrt() @ vectors.T

    def _posterior(self, X: Tensor) -> tuple[Tensor, Tensor]:
        """The mean, and L^-1 k(X_, X), whose squared columns lower the variance."""
        if not hasattr(self, "X_"):
            raise RuntimeError("the process has seen no data: call fit first")
        across = self._covariance(X.detach().double(), self.X_, self.length_scale, self.amplitude)
        cross = torch.linalg.solve_triangular(self._factor, across.T, upper=False)
        return self.mean_ + across @ self._weights, cross

    def _covariance(self, X: Tensor, Z: Tensor, length_scale, amplitude) -> Tensor:
        if self.kernel == "rbf":
            return amplitude**2 * (-_squared_distances(X, Z, length_scale) / 2).exp()
        return amplitude**2 * matern_kernel(X, Z, length_scale=length_scale, nu=self.nu)

    def _condition(self, length_scale, amplitude, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The factor L of the targets' covariance, its inverse times y, and log p(y)."""
        K = self._covariance(self.X_, self.X_, length_scale, amplitude)
        K = K + self.noise**2 * torch.eye(len(y), dtype=K.dtype, device=K.device)
        L = torch.linalg.cholesky(K)
        weights = torch.cholesky_solve(y[:, None], L)[:, 0]
        fit = y @ weights / 2
        return L, weights, -fit - L.diagonal().log().sum() - len(y) / 2 * math.log(2 * math.pi)

    def _choose_scales(self, y: Tensor) -> None:
        """Maximize log p(y) in the logarithms of length scales and amplitude."""
        start = torch.cat(
            [
                torch.as_tensor(self.length_scale).double().reshape(-1).expand(self.X_.shape[1]),
                torch.tensor([self.amplitude], dtype=torch.float64),
            ]
        ).log()

        def cost(theta):
            logs = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
            scales = logs.to(self.X_.device).exp()
            value = -self._condition(scales[:-1], scales[-1], y)[2]
            return value.item(), torch.autograd.grad(value, logs)[0].numpy()

        bounds = [(math.log(1e-3), math.log(1e3))] * len(start)
        found = minimize(cost, start.numpy(), jac=True, method="L-BFGS-B", bounds=bounds)
        scales = torch.from_numpy(found.x).to(self.X_.device).exp()
        self.length_scale, self.amplitude = scales[:-1], scales[-1].item()


def _squared_distances(X: Tensor, Z: Tensor, length_scale: float | Tensor) -> Tensor:
    """Of each pair, in units of the length scale."""
    if X.ndim != 2 or Z.ndim != 2 or X.shape[1] != Z.shape[1]:
        raise ValueError(
            f"points of one dimension are needed, got {tuple(X.shape)} and {tuple(Z.shape)}"
        )
    scale = torch.as_tensor(length_scale, dtype=X.dtype, device=X.device)
    if not (scale > 0).all():
        raise ValueError(f"length_scale must be positive, got {length_scale}")
    return ((X / scale)[:, None] - (Z / scale)[None]).square().sum(-1)
