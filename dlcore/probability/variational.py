"""Distributions found by optimizing: bounds on the evidence, projections, bottlenecks."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.probability.continuous import Normal
from dlcore.probability.distribution import Distribution
from dlcore.probability.information import entropy, kl_divergence, mutual_information
from dlcore.probability.tables import require_pmf


def elbo(joint: Float[Tensor, "n k"], q: Float[Tensor, "n k"]) -> Float[Tensor, " n"]:
    r"""The evidence lower bound of a discrete latent variable, $\mathbb E_q \log p(x, z) + H(q)$.

    It equals $\log p(x) - D_{KL}(q \Vert p(z \mid x))$.

    Args:
        joint: $p(x_i, z)$ for each observation and each value of z, positive, shape (n, k); a row
            sums to the evidence $p(x_i)$.
        q: a distribution of z for each observation, shape (n, k).

    Returns:
        The bound for each observation, in nats, shape (n,); equal to $\log p(x_i)$ exactly where q
        is the posterior, -inf where q allows what the joint rules out.

    Raises:
        ValueError: shapes that differ, a negative joint, or a row of q that is no distribution.

    Equation: :eq:`eq-elbo`
    Section: :ref:`sec-variational`
    Source: Jordan et al. (1999), An introduction to variational methods for graphical models,
        doi:10.1023/A:1007665907178.

    Example:
        >>> joint = torch.tensor([[0.1, 0.3]])
        >>> elbo(joint, torch.tensor([[0.25, 0.75]])).exp()
        tensor([0.4000])

    In production: pyro.infer.TraceEnum_ELBO.
    """
    if joint.shape != q.shape or not (joint >= 0).all():
        raise ValueError(
            f"elbo needs a joint of at least 0 and q of its shape, got {tuple(joint.shape)} and "
            f"{tuple(q.shape)}"
        )
    return torch.special.xlogy(q, joint).sum(1) + entropy(q)


def fit_gaussian_kl(
    p: Distribution, *, direction: str, start: float = 0.0, max_iter: int = 200
) -> Normal:
    r"""The Gaussian nearest to a density p of real numbers, in one of the two directions of KL.

    The forward one, $\min_q D_{KL}(p \Vert q)$, has p's mean and variance and so covers all its
    peaks; the reverse one, $\min_q D_{KL}(q \Vert p)$, avoids where p is small and so settles on a
    peak (or, from halfway, between them). It is found by L-BFGS; means under q are sums over a fine
    grid, since a coarse one makes false minima.

    Args:
        p: the target, a distribution with `log_prob`, `mean` and `variance`.
        direction: "forward" or "reverse".
        start: where the mean of the reverse search begins; it decides which peak is found.
        max_iter: the most steps of the reverse search.

    Returns:
        q, in float64.

    Raises:
        ValueError: an unknown direction, or a target without finite log-density near the start.

    Equation: :eq:`eq-forward-reverse-kl`
    Section: :ref:`sec-kl-divergence`
    Source: Minka (2005), Divergence measures and message passing, MSR-TR-2005-173.

    Example:
        >>> from dlcore.probability import Mixture
        >>> p = Mixture(torch.tensor([0.5, 0.5]), [Normal(-4.0, 1.0), Normal(4.0, 1.0)])
        >>> fit_gaussian_kl(p, direction="forward").scale.round(decimals=2)
        tensor(4.1200, dtype=torch.float64)
        >>> fit_gaussian_kl(p, direction="reverse", start=2.0).loc.round(decimals=2)
        tensor(4., dtype=torch.float64)

    In production: torch.distributions with torch.optim.
    """
    if direction == "forward":
        return Normal(p.mean.double(), p.stddev.double())
    if direction != "reverse":
        raise ValueError(f"direction must be 'forward' or 'reverse', got {direction!r}")
    nodes = torch.linspace(-9, 9, 3601, dtype=torch.float64)
    weights = Normal(0.0, 1.0).log_prob(nodes).softmax(0)
    theta = torch.tensor([start, 0.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [theta],
        max_iter=max_iter,
        tolerance_grad=1e-9,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )

    def objective() -> Tensor:
        q = Normal(theta[0], theta[1].exp())
        return -(weights * p.log_prob(q.loc + q.scale * nodes)).sum() - q.entropy()

    if not objective().isfinite():
        raise ValueError(f"fit_gaussian_kl: the target has no finite log-density near {start}")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = objective()
        loss.backward()
        return loss

    optimizer.step(closure)
    mean, log_scale = theta.detach()
    return Normal(mean, log_scale.exp())


class InformationBottleneck(NamedTuple):
    r"""A compressed version T of X that keeps what X tells of Y.

    Attributes:
        encoder: $p(t \mid x)$, shape (x, t), each row a distribution.
        compression: I(X; T) in nats.
        relevance: I(T; Y) in nats, at most I(X; Y).
        objective: I(X; T) - beta I(T; Y) after each round, never rising.
    """

    encoder: Tensor
    compression: float
    relevance: float
    objective: list[float]


def information_bottleneck(
    joint: Float[Tensor, "x y"],
    clusters: int,
    beta: float,
    *,
    generator: torch.Generator | None = None,
    tol: float = 1e-10,
    max_iter: int = 5000,
) -> InformationBottleneck:
    r"""Compress X to few values that still predict Y: $\min I(X; T) - \beta I(T; Y)$.

    Alternates $p(t \mid x) \propto p(t)\, e^{-\beta D_{KL}(p(y \mid x) \Vert p(y \mid t))}$ with
    the $p(t)$ and $p(y \mid t)$ that follow from it.

    Args:
        joint: $P(x, y)$, every x with a probability above 0, shape (x, y).
        clusters: how many values T may take.
        beta: what a nat about Y is worth, in nats about X; below 1 nothing is kept.
        generator: the source of the random first encoder.
        tol: stop when the objective falls by less.
        max_iter: the most rounds.

    Returns:
        The encoder, both informations, and the objective's history; a local minimum that depends on
        the start.

    Raises:
        ValueError: joint is no distribution of two variables, an x is impossible, or a parameter is
            out of range.

    Equation: :eq:`eq-information-bottleneck`
    Section: :ref:`sec-information-bottleneck`
    Source: Tishby, Pereira, Bialek (1999), The information bottleneck method,
        arXiv:physics/0004057.

    Example:
        >>> joint = torch.eye(4) / 4
        >>> result = information_bottleneck(
        ...     joint, 4, 5.0, generator=torch.Generator().manual_seed(0)
        ... )
        >>> result.relevance <= 1.3863
        True

    In production: the package dit.
    """
    require_pmf("information_bottleneck", joint)
    p_x = joint.sum(1)
    if joint.ndim != 2 or (p_x == 0).any() or clusters < 1 or beta < 0:
        raise ValueError(
            "information_bottleneck needs P(x, y) with every x possible, clusters >= 1, beta >= 0"
        )
    p_y_x = joint / p_x[:, None]
    shape = (len(joint), clusters)
    encoder = torch.rand(shape, generator=generator, dtype=joint.dtype, device=joint.device)
    encoder = encoder / encoder.sum(1, keepdim=True)
    history: list[float] = []
    while True:
        p_xt = p_x[:, None] * encoder
        p_t = p_xt.sum(0)
        p_ty = p_xt.mT @ p_y_x
        compression = mutual_information(p_xt / p_xt.sum()).item()
        relevance = mutual_information(p_ty / p_ty.sum()).item()
        history.append(compression - beta * relevance)
        if len(history) > 1 and history[-2] - history[-1] < tol:
            break
        if len(history) == max_iter:
            fall = history[-2] - history[-1] if max_iter > 1 else float("inf")
            warn_not_converged("information_bottleneck", max_iter, fall, tol)
            break
        p_y_t = p_ty / p_ty.sum(1, keepdim=True).clamp(min=torch.finfo(joint.dtype).tiny)
        distance = _kl_to_each(p_y_x, p_y_t)
        encoder = (p_t.log() - beta * distance).softmax(1)
    return InformationBottleneck(encoder, compression, relevance, history)


def _kl_to_each(p: Tensor, q: Tensor) -> Tensor:
    """KL from every row of p to every row of q; to an empty cluster it does not matter."""
    used = q.sum(1) > 0
    distance = p.new_zeros(len(p), len(q))
    distance[:, used] = kl_divergence(p[:, None], (q / q.sum(1, keepdim=True))[used])
    return distance


class MaximumEntropy(NamedTuple):
    r"""The most uncertain distribution with given expectations.

    Attributes:
        p: probabilities, shape (k,).
        multipliers: $\lambda$, one for each constraint: the parameters of the exponential family.
    """

    p: Tensor
    multipliers: Tensor


def maxent_distribution(
    features: Float[Tensor, "m k"],
    targets: Float[Tensor, " m"],
    *,
    tol: float = 1e-10,
    max_iter: int = 100,
) -> MaximumEntropy:
    r"""The distribution of largest entropy with given means of features: an exponential family.

    From $\mathbb E[\phi_i(X)] = \mu_i$ follows $p(x) \propto e^{\sum_i \lambda_i \phi_i(x)}$; the
    multipliers minimize the convex dual $\log Z(\lambda) - \lambda^\top \mu$, whose gradient is the
    error of the expectations and whose Hessian the covariance of the features. Newton's method with
    step halving finds them.

    Args:
        features: $\phi_i(x)$ for m constraints and k outcomes, shape (m, k).
        targets: $\mu$, shape (m,).
        tol: the largest error of an expectation allowed.
        max_iter: the most Newton steps.

    Returns:
        The probabilities and the multipliers.

    Raises:
        ValueError: shapes that do not fit, or a target on or outside the edge of what any
            distribution can reach.

    Equation: :eq:`eq-maximum-entropy`
    Section: :ref:`sec-entropy`
    Source: Jaynes (1957), Information theory and statistical mechanics,
        doi:10.1103/PhysRev.106.620.

    Example:
        >>> die = torch.arange(1.0, 7.0, dtype=torch.float64)
        >>> loaded = maxent_distribution(die[None], torch.tensor([4.5], dtype=torch.float64))
        >>> loaded.p.round(decimals=4)
        tensor([0.0544, 0.0788, 0.1142, 0.1654, 0.2398, 0.3475], dtype=torch.float64)

    In production: scipy.optimize.minimize on the dual.
    """
    if features.ndim != 2 or targets.shape != features.shape[:1]:
        raise ValueError(
            f"maxent_distribution needs features (m, k) and targets (m,), got "
            f"{tuple(features.shape)} and {tuple(targets.shape)}"
        )
    lowest, highest = features.amin(1), features.amax(1)
    outside = ~((targets > lowest) & (targets < highest))
    if outside.any():
        i = int(outside.nonzero()[0])
        raise ValueError(
            f"maxent_distribution: target {i} is {targets[i]:.6g}, but feature {i} lies between "
            f"{lowest[i]:.6g} and {highest[i]:.6g}"
        )

    def dual(multipliers: Tensor) -> Tensor:
        return (multipliers @ features).logsumexp(0) - multipliers @ targets

    multipliers = torch.zeros_like(targets)
    for _ in range(max_iter):
        p = (multipliers @ features).softmax(0)
        error = features @ p - targets
        if error.abs().max() <= tol:
            return MaximumEntropy(p, multipliers)
        centred = features - (features @ p)[:, None]
        step = torch.linalg.lstsq((centred * p) @ centred.mT, error, driver="gelsd").solution
        size, value = 1.0, dual(multipliers)
        while size > 1e-12 and dual(multipliers - size * step) > value - 1e-4 * size * (
            error @ step
        ):
            size /= 2
        multipliers = multipliers - size * step
    raise ValueError(
        f"maxent_distribution: expectations still miss their targets by {error.abs().max():.3g}: "
        "no distribution reaches them all together, or only one that rules outcomes out"
    )
