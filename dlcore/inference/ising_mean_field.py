"""Mean field for spins: each sees the means of its neighbours as if they were a field."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class IsingMeanField(NamedTuple):
    r"""Independent spins that stand for an Ising model.

    Attributes:
        m: the means, shape (..., n).
        path: the means before the first sweep and after each, shape (t, ..., n).
        elbos: lower bounds of $\log Z$ along the path, shape (t, ...).
        converged: whether the last sweep moved no mean by more than the tolerance.

    Equation: :eq:`eq-ising-mean-field`.
    Section: :ref:`sec-mean-field-ising`.

    Example:
        >>> pair = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
        >>> mean_field_ising(0.5 * pair, torch.zeros(2)).m
        tensor([0., 0.])

    In production: `dlcore.graphical.mean_field` for other variables than spins.
    """

    m: Float[Tensor, "*batch n"]
    path: Float[Tensor, "steps *batch n"]
    elbos: Float[Tensor, "*path"]
    converged: bool


def _check(J: Tensor, h: Tensor, m: Tensor) -> None:
    n = len(J) if J.ndim == 2 else -1
    if J.shape != (n, n) or h.shape[-1:] != (n,) or m.shape[-1:] != (n,):
        raise ValueError(
            f"expected J (n, n), h and means (..., n), got {tuple(J.shape)}, {tuple(h.shape)}, "
            f"{tuple(m.shape)}"
        )
    if not torch.equal(J, J.mT) or bool(J.diagonal().any()):
        raise ValueError("couplings must be symmetric with diagonal 0")
    if not bool((m.abs() <= 1).all()):
        raise ValueError("the mean of a spin lies in [-1, 1]")


def ising_elbo(
    J: Float[Tensor, "n n"], h: Float[Tensor, "*#batch n"], m: Float[Tensor, "*#batch n"]
) -> Float[Tensor, "*batch"]:
    r"""The bound of independent spins, $\frac12 m^\top J m + h^\top m + \sum_i H(\frac{1+m_i}2)$.

    Args:
        J: couplings, symmetric with diagonal 0, shape (n, n); each pair counts once.
        h: field on each spin, shape (..., n).
        m: means in [-1, 1], shape (..., n).

    Returns:
        A lower bound of $\log Z$, differentiable in m, shape (...).

    Raises:
        ValueError: shapes that do not fit, couplings that are not symmetric with diagonal 0, means
            outside [-1, 1].

    Equation: :eq:`eq-ising-elbo`.
    Section: :ref:`sec-mean-field-ising`.

    Source: Wainwright, Jordan (2008), Graphical models, exponential families, and variational
        inference, doi:10.1561/2200000001, example 5.2.

    Example:
        >>> pair = torch.tensor([[0.0, 1.5], [1.5, 0.0]])
        >>> ising_elbo(pair, torch.zeros(2), torch.zeros(2)).exp()
        tensor(4.)

    In production: this.
    """
    _check(J, h, m)
    entropy = torch.special.entr((1 + m) / 2) + torch.special.entr((1 - m) / 2)
    return ((m @ J / 2 + h) * m + entropy).sum(-1)


def mean_field_ising(
    J: Float[Tensor, "n n"],
    h: Float[Tensor, "*batch n"],
    *,
    start: Float[Tensor, "*batch n"] | None = None,
    schedule: Literal["sequential", "parallel"] = "sequential",
    damping: float = 0.0,
    steps: int = 500,
    tol: float = 1e-8,
) -> IsingMeanField:
    r"""Iterate $m_i = \tanh(h_i + \sum_j J_{ij} m_j)$, one spin after the other or all at once.

    One after the other is coordinate ascent: the bound never falls. All at once may swing between
    two states for ever; damping calms it.

    Args:
        J: couplings, symmetric with diagonal 0, shape (n, n).
        h: field on each spin, shape (..., n); a batch is treated side by side.
        start: means at first; by default 0, a stationary point (perhaps a saddle) if h is 0.
        schedule: "sequential" or "parallel".
        damping: the share, in [0, 1), of the old mean that a new one keeps.
        steps: the most sweeps.
        tol: sweeps end when no mean moves by more.

    Returns:
        The means, their path and the bounds along it, and whether they settled.

    Raises:
        ValueError: shapes that do not fit, couplings that are not symmetric with diagonal 0, an
            unknown schedule, damping outside [0, 1), no step.

    Equation: :eq:`eq-ising-mean-field`.
    Section: :ref:`sec-mean-field-ising`.

    Source: Weiss (1907), L'hypothèse du champ moléculaire et la propriété ferromagnétique,
        doi:10.1051/jphystap:019070060066100; Wainwright, Jordan (2008), doi:10.1561/2200000001.

    Example:
        >>> pair = torch.tensor([[0.0, 1.5], [1.5, 0.0]])
        >>> fit = mean_field_ising(pair, torch.zeros(2), start=torch.tensor([0.01, 0.01]))
        >>> fit.m.round(decimals=3)
        tensor([0.8590, 0.8590])

    In production: this; `dlcore.graphical.mean_field` for other variables than spins.
    """
    if schedule not in ("sequential", "parallel") or not 0 <= damping < 1 or steps < 1:
        raise ValueError(
            "expected schedule 'sequential' or 'parallel', damping in [0, 1), steps >= 1, got "
            f"{schedule!r}, {damping}, {steps}"
        )
    m = torch.zeros_like(h) if start is None else start.clone()
    _check(J, h, m)
    n = len(J)
    turns = [[i] for i in range(n)] if schedule == "sequential" else [list(range(n))]
    path, moved = [m], torch.inf
    for _ in range(steps):
        m = m.clone()
        for spins in turns:
            told = (h[..., spins] + m @ J[:, spins]).tanh()
            m[..., spins] = (1 - damping) * told + damping * m[..., spins]
        moved = float((m - path[-1]).abs().max())
        path.append(m)
        if moved <= tol:
            break
    steps_taken = torch.stack(path)
    return IsingMeanField(m, steps_taken, ising_elbo(J, h, steps_taken), moved <= tol)
