"""All curvatures of a cost at once: trace and density of the Hessian's eigenvalues, by products."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import lanczos
from dlcore.numerics.curvature import ScalarFunction
from dlcore.optim.hessian_products import hessian_operator


class TraceEstimate(NamedTuple):
    """A sampled trace.

    Attributes:
        value: the estimate.
        standard_error: its standard deviation, estimated from the samples.
    """

    value: float
    standard_error: float


def hessian_trace(
    f: ScalarFunction,
    x: Float[Tensor, "*x"],
    *,
    samples: int = 100,
    generator: torch.Generator | None = None,
) -> TraceEstimate:
    r"""The sum of all curvatures, $\operatorname{tr} H = \mathbb E[v^\top H v]$ for random signs v.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x: where, any shape.
        samples: number of random vectors, one product with H each.
        generator: for the signs.

    Returns:
        The mean and its standard error. The variance of one sample is
        $2\sum_{i \ne j} H_{ij}^2$: a diagonal Hessian is exact at once.

    Raises:
        ValueError: f returns several numbers, or fewer than 2 samples.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-hvp`
    Section: :ref:`sec-stability-limit`
    Source: Hutchinson (1990), A stochastic estimator of the trace of the influence matrix,
        doi:10.1080/03610919008812866.

    Example:
        >>> hessian_trace(lambda x: x[0] ** 2 + 3 * x[1] ** 2, torch.zeros(2)).value
        8.0

    In production: PyHessian.
    """
    if samples < 2:
        raise ValueError(f"samples must be at least 2, got {samples}")
    H = hessian_operator(f, x)
    signs = _signs((samples, *x.shape), x, generator)
    values = torch.stack([(v * H(v)).sum() for v in signs])
    return TraceEstimate(values.mean().item(), (values.std() / math.sqrt(samples)).item())


class Spectrum(NamedTuple):
    """A distribution of eigenvalues, as points with weights.

    Attributes:
        nodes: where, shape (m,), ascending.
        weights: share of the eigenvalues there, shape (m,), sum 1.
    """

    nodes: Tensor
    weights: Tensor

    def density(self, grid: Float[Tensor, " g"], width: float) -> Float[Tensor, " g"]:
        """The distribution smoothed by Gaussians.

        Args:
            grid: where, shape (g,).
            width: standard deviation of each Gaussian, in units of the eigenvalues.

        Returns:
            Density at the grid's points, shape (g,); its integral is 1.
        """
        distance = (grid[:, None] - self.nodes) / width
        bells = torch.exp(-(distance**2) / 2) / (width * math.sqrt(2 * math.pi))
        return bells @ self.weights


def hessian_spectrum(
    f: ScalarFunction,
    x: Float[Tensor, "*x"],
    *,
    probes: int = 10,
    iterations: int = 50,
    generator: torch.Generator | None = None,
) -> Spectrum:
    r"""How the Hessian's eigenvalues are distributed, by stochastic Lanczos quadrature.

    From a random vector Lanczos gives a small tridiagonal matrix; its eigenvalues with the squared
    first entries of its eigenvectors are a Gauss quadrature of the spectrum as that vector sees it.
    The mean over vectors is the spectrum.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x: where, any shape, n numbers.
        probes: number of random vectors.
        iterations: products with H for each, at most n.
        generator: for the vectors.

    Returns:
        Nodes and weights; moments up to $2 \cdot$ iterations - 1 are right in expectation.

    Raises:
        ValueError: f returns several numbers, or a number is below 1.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-hvp`
    Section: :ref:`sec-saddle-points`
    Source: Ghorbani, Krishnan, Xiao (2019), An investigation into neural net optimization via
        Hessian eigenvalue density, arXiv:1901.10159.

    Example:
        >>> curvatures = torch.tensor([-1.0, 3.0])
        >>> f = lambda x: (curvatures * x**2).sum() / 2
        >>> hessian_spectrum(f, torch.ones(2), probes=1).nodes.round(decimals=4)
        tensor([-1.,  3.])

    In production: PyHessian.
    """
    if probes < 1 or iterations < 1:
        raise ValueError(f"probes and iterations must be at least 1, got {probes}, {iterations}")
    H = hessian_operator(f, x)
    nodes, weights = [], []
    for v in _signs((probes, x.numel()), x, generator):
        T = lanczos(lambda u: H(u.reshape(x.shape)).flatten(), v, min(iterations, x.numel())).T
        values, vectors = torch.linalg.eigh(T)
        nodes.append(values)
        weights.append(vectors[0] ** 2 / probes)
    order = torch.cat(nodes).argsort()
    return Spectrum(torch.cat(nodes)[order], torch.cat(weights)[order])


def _signs(shape: tuple[int, ...], x: Tensor, generator: torch.Generator | None) -> Tensor:
    bits = torch.randint(2, shape, generator=generator, device=x.device)
    return (2 * bits - 1).to(x.dtype)
