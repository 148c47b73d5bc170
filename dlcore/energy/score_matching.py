"""Fitting the slope of a log-density, in which no constant remains."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

ScoreFunction = Callable[[Tensor], Tensor]


def score(
    log_density: Callable[[Tensor], Tensor], x: Float[Tensor, "n d"], *, create_graph: bool = False
) -> Float[Tensor, "n d"]:
    r"""$\psi(x) = \nabla_x\log p(x)$ by automatic differentiation.

    Args:
        log_density: up to a constant, (n, d) to (n,); each row by itself.
        x: points, shape (n, d).
        create_graph: keep the graph, so that a loss on scores reaches the model's parameters.

    Returns:
        Shape (n, d).

    Raises:
        ValueError: not one number for each row, or one that does not depend on x.

    Equation: :eq:`eq-score-definition`.
    Section: :ref:`sec-score-matching`.

    Source: Hyvärinen (2005), Estimation of non-normalized statistical models by score matching, J.
        Mach. Learn. Res. 6.

    Example:
        >>> score(lambda x: -x.square().sum(1) / 2 + 100, torch.tensor([[1.0, -2.0]]))
        tensor([[-1.,  2.]])

    In production: torch.func.grad under vmap.
    """
    with torch.enable_grad():
        at = x if x.requires_grad and create_graph else x.detach().requires_grad_()
        value = log_density(at)
        if value.shape != x.shape[:1] or not value.requires_grad:
            raise ValueError(
                f"expected one number for each row that depends on it: {tuple(x.shape)} gave "
                f"{tuple(value.shape)}"
            )
        return torch.autograd.grad(value.sum(), at, create_graph=create_graph)[0]


def explicit_score_matching_loss(
    score_function: ScoreFunction, x: Float[Tensor, "n d"], target: Float[Tensor, "n d"]
) -> Float[Tensor, ""]:
    r"""$\frac12\langle\lVert\psi_\theta(x) - \nabla\log p_{data}(x)\rVert^2\rangle$.

    For teaching: whoever knows the target need not learn it.

    Args:
        score_function: $\psi_\theta$, (n, d) to (n, d).
        x: data, shape (n, d).
        target: the true scores there, shape (n, d).

    Returns:
        The mean over rows of half the squared distance.

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-explicit-score-matching`.
    Section: :ref:`sec-score-matching`.

    Source: Hyvärinen (2005), J. Mach. Learn. Res. 6, equation 2.

    Example:
        >>> explicit_score_matching_loss(lambda x: -x, torch.ones(4, 2), torch.zeros(4, 2))
        tensor(1.)

    In production: `score_matching_loss`, which needs no target.
    """
    psi = score_function(x)
    if psi.shape != x.shape or target.shape != x.shape:
        raise ValueError(
            f"expected scores and targets {tuple(x.shape)}, got {tuple(psi.shape)} and "
            f"{tuple(target.shape)}"
        )
    return (psi - target).square().sum(1).mean() / 2


def _differentiable(score_function: ScoreFunction, x: Tensor) -> tuple[Tensor, Tensor]:
    at = x.detach().requires_grad_()
    psi = score_function(at)
    if psi.shape != x.shape or x.ndim != 2 or not psi.requires_grad:
        raise ValueError(
            f"expected scores (n, d) that depend on x, got {tuple(psi.shape)} for {tuple(x.shape)}"
        )
    return at, psi


def _slope(value: Tensor, at: Tensor) -> Tensor:
    return torch.autograd.grad(value.sum(), at, create_graph=True, materialize_grads=True)[0]


def score_matching_loss(
    score_function: ScoreFunction, x: Float[Tensor, "n d"]
) -> Float[Tensor, ""]:
    r"""$\langle\operatorname{tr}\nabla\psi_\theta(x) + \frac12\lVert\psi_\theta(x)\rVert^2\rangle$.

    It differs from the explicit loss by a constant, if $p_{data}\psi_\theta$ vanishes at infinity.
    The trace takes d backward passes.

    Args:
        score_function: $\psi_\theta$, (n, d) to (n, d), each row by itself.
        x: data, shape (n, d).

    Returns:
        The mean over rows; may be negative.

    Raises:
        ValueError: scores of another shape, or that do not depend on x.

    Equation: :eq:`eq-score-matching`.
    Section: :ref:`sec-implicit-score-matching`.

    Source: Hyvärinen (2005), J. Mach. Learn. Res. 6, theorem 1.

    Example:
        >>> x = torch.tensor([[2.0], [-2.0]])
        >>> [score_matching_loss(lambda x: -c * x, x).item() for c in (0.125, 0.25, 0.5)]
        [-0.09375, -0.125, 0.0]

    In production: `sliced_score_matching_loss` or `denoising_score_matching_loss` beyond a few
        dimensions.
    """
    at, psi = _differentiable(score_function, x)
    trace = torch.stack([_slope(psi[:, i], at)[:, i] for i in range(x.shape[1])]).sum(0)
    return (trace + psi.square().sum(1) / 2).mean()


def sliced_score_matching_loss(
    score_function: ScoreFunction,
    x: Float[Tensor, "n d"],
    *,
    directions: int = 1,
    variance_reduced: bool = True,
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    r"""$\langle v^\top\nabla(v^\top\psi_\theta) + \frac12\lVert\psi_\theta\rVert^2\rangle$ over v.

    The trace along random directions: one backward pass each, whatever d is.

    Args:
        score_function: $\psi_\theta$, (n, d) to (n, d), each row by itself.
        x: data, shape (n, d).
        directions: normal vectors v drawn for each row.
        variance_reduced: use $\frac12\lVert\psi\rVert^2$; otherwise $\frac12(v^\top\psi)^2$, which
            is the same on average.
        generator: source of the directions; by default torch's global one.

    Returns:
        The mean over rows and directions.

    Raises:
        ValueError: no direction, scores of another shape, or that do not depend on x.

    Equation: :eq:`eq-sliced-score-matching`.
    Section: :ref:`sec-sliced-score-matching`.

    Source: Song, Garg, Shi, Ermon (2019), Sliced score matching: a scalable approach to density and
        score estimation, arXiv:1905.07088.

    Example:
        >>> x = torch.zeros(20_000, 3)
        >>> round(sliced_score_matching_loss(lambda x: -2 * x, x).item(), 0)
        -6.0

    In production: as here.
    """
    if directions < 1:
        raise ValueError(f"a direction at least is needed, got {directions}")
    at, psi = _differentiable(score_function, x)
    total = x.new_zeros(len(x))
    device = generator.device if generator else x.device
    for _ in range(directions):
        v = torch.randn(x.shape, generator=generator, device=device, dtype=x.dtype).to(x.device)
        along = (v * psi).sum(1)
        square = psi.square().sum(1) if variance_reduced else along.square()
        total = total + (v * _slope(along, at)).sum(1) + square / 2
    return total.mean() / directions


def denoising_score_matching_loss(
    score_function: ScoreFunction,
    x: Float[Tensor, "n d"],
    sigma: float,
    *,
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    r"""$\frac12\langle\lVert\psi_\theta(\tilde x) + (\tilde x - x)/\sigma^2\rVert^2\rangle$.

    With $\tilde x = x + \sigma\epsilon$ the best score is that of the data blurred by sigma, not of
    the data.

    Args:
        score_function: $\psi_\theta$, (n, d) to (n, d).
        x: data, shape (n, d).
        sigma: standard deviation of the noise.
        generator: source of the noise; by default torch's global one.

    Returns:
        The mean over rows.

    Raises:
        ValueError: sigma not positive, or scores of another shape.

    Equation: :eq:`eq-denoising-score-matching`.
    Section: :ref:`sec-denoising-score-matching`.

    Source: Vincent (2011), A connection between score matching and denoising autoencoders,
        doi:10.1162/NECO_a_00142.

    Example:
        >>> x = torch.zeros(1000, 2)
        >>> round(denoising_score_matching_loss(lambda x: -4 * x, x, 0.5).item(), 6)
        0.0

    In production: the loss of diffusion models, over many sigma at once.
    """
    if not 0 < sigma < math.inf:
        raise ValueError(f"sigma must be positive and finite, got {sigma}")
    device = generator.device if generator else x.device
    noise = torch.randn(x.shape, generator=generator, device=device, dtype=x.dtype).to(x.device)
    return explicit_score_matching_loss(score_function, x + sigma * noise, -noise / sigma)


def fisher_divergence(
    log_p: Callable[[Tensor], Tensor],
    log_q: Callable[[Tensor], Tensor],
    x: Float[Tensor, "g d"],
    measure: Float[Tensor, " g"],
) -> Float[Tensor, ""]:
    r"""$\frac12\int p\,\lVert\nabla\log p - \nabla\log q\rVert^2$ on a grid.

    What score matching minimizes. Between far modes p is nearly 0, so a wrong share of the modes,
    which shows only there, costs nearly nothing.

    Args:
        log_p: log density of the data, normalized, (g, d) to (g,).
        log_q: log density of the model up to a constant.
        x: points, shape (g, d).
        measure: weights of the points for integrals, such as the grid's spacing.

    Returns:
        The divergence.

    Raises:
        ValueError: not one weight for each point, or densities of another shape.

    Equation: :eq:`eq-fisher-divergence`.
    Section: :ref:`sec-score-blindness`.

    Source: Hyvärinen (2005), J. Mach. Learn. Res. 6; Wenliang, Kanagawa (2020), Blindness of
        score-based methods to isolated components and mixing proportions, arXiv:2008.10087.

    Example:
        >>> x = torch.linspace(-9, 9, 1801)[:, None]
        >>> def normal(x, mean=0.0):
        ...     return -(x[:, 0] - mean).square() / 2 - math.log(2 * math.pi) / 2
        >>> measure = torch.full((1801,), 0.01)
        >>> round(fisher_divergence(normal, lambda x: normal(x, 1.0), x, measure).item(), 4)
        0.5

    In production: only its estimates without p.
    """
    if measure.shape != x.shape[:1]:
        raise ValueError(f"{len(x)} points need as many weights, got {tuple(measure.shape)}")
    gap = (score(log_p, x) - score(log_q, x)).square().sum(1)
    return (measure * log_p(x).exp() * gap).sum() / 2
