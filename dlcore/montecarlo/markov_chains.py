"""Markov chains with finitely many states: where they settle, and how soon."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.probability.tables import require_pmf


def stationary_distribution(P: Float[Tensor, "k k"]) -> Float[Tensor, " k"]:
    r"""The distribution that one step does not change, $\pi P = \pi$.

    Args:
        P: transition matrix, entry (i, j) the probability of a step from i to j.

    Returns:
        $\pi$, the null vector of $I - P^\top$ with sum 1.

    Raises:
        ValueError: P is not square, a row is no distribution, or there is more than one $\pi$.

    Equation: :eq:`eq-stationary`.
    Section: :ref:`sec-markov-chains`.

    Source: Levin, Peres (2017), Markov Chains and Mixing Times, 2nd ed., section 1.5.

    Example:
        >>> stationary_distribution(torch.tensor([[0.9, 0.1], [0.3, 0.7]]))
        tensor([0.7500, 0.2500])

    In production: numpy.linalg.eig, for large chains scipy.sparse.linalg.eigs.
    """
    require_transitions(P)
    _, S, Vh = torch.linalg.svd(torch.eye(len(P), dtype=P.dtype, device=P.device) - P.mT)
    if len(P) > 1 and S[-2] <= len(P) * torch.finfo(P.dtype).eps:
        raise ValueError("the chain falls apart: more than one distribution is stationary")
    return (Vh[-1] / Vh[-1].sum()).clamp(min=0)


def is_detailed_balanced(
    P: Float[Tensor, "k k"], pi: Float[Tensor, " k"] | None = None, *, atol: float = 1e-6
) -> bool:
    r"""Whether between any two states as much flows to as fro, $\pi_i P_{ij} = \pi_j P_{ji}$.

    Args:
        P: transition matrix.
        pi: a distribution over the states; by default the stationary one.
        atol: the largest difference that counts as rounding.

    Returns:
        True for a reversible chain; then $\pi$ is stationary.

    Raises:
        ValueError: P or pi is no distribution, or their shapes differ.

    Equation: :eq:`eq-detailed-balance`.
    Section: :ref:`sec-markov-chains`.

    Source: Levin, Peres (2017), section 1.6.

    Example:
        >>> circle = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
        >>> is_detailed_balanced(circle), is_detailed_balanced((circle + circle.T) / 2)
        (False, True)

    In production: the same line.
    """
    require_transitions(P)
    pi = stationary_distribution(P) if pi is None else pi
    require_pmf("is_detailed_balanced", pi)
    if pi.shape != P.shape[:1]:
        raise ValueError(f"pi has shape {tuple(pi.shape)}, P has {tuple(P.shape)}")
    flow = pi[:, None] * P
    return bool((flow - flow.mT).abs().max() <= atol)


def spectral_gap(P: Float[Tensor, "k k"]) -> float:
    r"""How far the second largest eigenvalue stays below one, $\gamma = 1 - \lvert\lambda_2\rvert$.

    Args:
        P: transition matrix of at least 2 states.

    Returns:
        A number in [0, 1]. The distance to the stationary distribution falls like $(1-\gamma)^n$;
        0 means that it never vanishes (a periodic or a reducible chain).

    Raises:
        ValueError: fewer states, or rows that are no distributions.

    Equation: :eq:`eq-spectral-gap`.
    Section: :ref:`sec-markov-chains`.

    Source: Levin, Peres (2017), chapter 12.

    Example:
        >>> round(spectral_gap(torch.tensor([[0.9, 0.1], [0.3, 0.7]])), 4)
        0.4

    In production: scipy.sparse.linalg.eigs.
    """
    require_transitions(P)
    if len(P) < 2:
        raise ValueError("a gap needs at least 2 states")
    return max(0.0, 1 - torch.linalg.eigvals(P).abs().sort().values[-2].item())


def mixing_time(P: Float[Tensor, "k k"], *, distance: float = 0.25, most: int = 2**20) -> int:
    r"""The first n at which every start is close: $\max_i \lVert P^n(i,\cdot)-\pi\rVert_{TV}\le d$.

    The total variation distance is half the sum of absolute differences. It never grows with n, so
    that squaring P brackets the answer and bisection finds it.

    Args:
        P: transition matrix.
        distance: d, in (0, 1).
        most: number of steps after which to give up.

    Returns:
        The number of steps.

    Raises:
        ValueError: a distance outside (0, 1), rows that are no distributions, more than one
            stationary distribution, or none is reached in `most` steps (a periodic chain).

    Equation: :eq:`eq-mixing-time`.
    Section: :ref:`sec-markov-chains`.

    Source: Levin, Peres (2017), section 4.5.

    Example:
        >>> mixing_time(torch.tensor([[0.9, 0.1], [0.3, 0.7]]))
        3

    In production: for large chains a bound from `spectral_gap`.
    """
    if not 0 < distance < 1:
        raise ValueError(f"distance must lie in (0, 1), got {distance}")
    pi = stationary_distribution(P)

    def near(power: Tensor) -> bool:
        return bool((power - pi).abs().sum(1).max() / 2 <= distance)

    if near(torch.eye(len(P), dtype=P.dtype, device=P.device)):
        return 0
    powers = [P]
    while not near(powers[-1]):
        if 2 ** len(powers) > most:
            raise ValueError(f"the chain has not mixed in {most} steps: it may be periodic")
        powers.append(powers[-1] @ powers[-1])
    n, reached = 0, torch.eye(len(P), dtype=P.dtype, device=P.device)
    for k, power in reversed(list(enumerate(powers))):
        if not near(further := reached @ power):
            n, reached = n + 2**k, further
    return n + 1


def require_transitions(P: Tensor) -> None:
    """Refuse a matrix whose rows are not distributions over its rows, with the reason."""
    if P.ndim != 2 or P.shape[0] != P.shape[1] or len(P) == 0:
        raise ValueError(f"a transition matrix is square, got shape {tuple(P.shape)}")
    for i, row in enumerate(P):
        require_pmf(f"row {i} of a transition matrix", row)
