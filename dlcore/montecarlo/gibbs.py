"""Gibbs sampling: redraw one block of variables after the other given the present rest."""

import math
from collections.abc import Callable, Mapping

import networkx as nx
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical import IsingModel
from dlcore.montecarlo.chains import Chains, normal, uniform

Block = int | tuple[int, ...]
Conditional = Callable[[Tensor, torch.Generator | None], Tensor]


@torch.no_grad()
def block_gibbs(
    conditionals: Mapping[Block, Conditional],
    initial: Float[Tensor, "chains d"],
    draws: int,
    *,
    scan: str = "systematic",
    burn_in: int = 0,
    generator: torch.Generator | None = None,
) -> Chains:
    """Sample a joint distribution from the conditional distributions of blocks of its variables.

    Args:
        conditionals: for each block, a coordinate or a tuple of them, a function that takes
            (states, generator) to new values of shape (chains, size of the block), drawn given the
            other coordinates.
        initial: where each chain starts.
        draws: sweeps that are kept; one sweep redraws as many blocks as there are.
        scan: "systematic" goes through the blocks in order, "random" picks each at random.
        burn_in: sweeps before, which are thrown away.
        generator: source of randomness.

    Returns:
        The state after each sweep; every move is accepted.

    Raises:
        ValueError: no block, blocks that are not coordinates or leave one out, no sweep, another
            scan, or values of another shape.

    Equation: :eq:`eq-gibbs-scan`.
    Section: :ref:`sec-gibbs-sampling`.

    Source: Geman, Geman (1984), doi:10.1109/TPAMI.1984.4767596; Gelfand, Smith (1990),
        doi:10.1080/01621459.1990.10476213.

    Example:
        >>> def mean_of_other(other):
        ...     return lambda x, g: x[:, [other]] / 2 + torch.randn(len(x), 1, generator=g)
        >>> chains = block_gibbs({0: mean_of_other(1), 1: mean_of_other(0)}, torch.zeros(4, 2), 9)
        >>> chains.samples.shape
        torch.Size([4, 9, 2])

    In production: PyMC, JAGS; for factors of discrete variables `dlcore.graphical.gibbs_sample`.
    """
    if draws < 1 or burn_in < 0 or scan not in ("systematic", "random"):
        raise ValueError(
            f"expected draws >= 1, burn_in >= 0, a systematic or random scan, got {draws}, "
            f"{burn_in}, {scan!r}"
        )
    if initial.ndim != 2:
        raise ValueError(f"initial states must have shape (chains, d), got {tuple(initial.shape)}")
    blocks = [[b] if isinstance(b, int) else list(b) for b in conditionals]
    if {i for block in blocks for i in block} != set(range(initial.shape[1])):
        raise ValueError(f"the blocks {blocks} must cover coordinates 0 to {initial.shape[1] - 1}")
    moves = list(zip(blocks, conditionals.values(), strict=True))
    x, states = initial.clone(), []
    for sweep in range(burn_in + draws):
        order = list(range(len(moves)))
        if scan == "random":
            device = generator.device if generator else None
            picks = torch.randint(len(moves), (len(moves),), generator=generator, device=device)
            order = picks.tolist()
        for k in order:
            block, conditional = moves[k]
            values = conditional(x, generator)
            if values.shape != (len(x), len(block)):
                raise ValueError(f"block {block} got values of shape {tuple(values.shape)}")
            x[:, block] = values
        if sweep >= burn_in:
            states.append(x.clone())
    return Chains(torch.stack(states, 1), None, torch.ones(len(x), device=x.device))


def gibbs_bivariate_normal(
    rho: float,
    initial: Float[Tensor, "chains 2"],
    draws: int,
    *,
    scan: str = "systematic",
    burn_in: int = 0,
    generator: torch.Generator | None = None,
) -> Chains:
    r"""Gibbs sampling of two standard normal variables with correlation $\rho$.

    Each is redrawn from $\mathcal N(\rho\,x_{\text{other}}, 1-\rho^2)$: steps shorten as the
    correlation grows, and each coordinate remembers its last value with weight $\rho^2$.

    Args:
        rho: $\rho$, in (-1, 1).
        initial: where each chain starts.
        draws: sweeps that are kept.
        scan: "systematic" or "random", see `block_gibbs`.
        burn_in: sweeps before, which are thrown away.
        generator: source of randomness.

    Returns:
        The state after each sweep, with the log-density up to a constant.

    Raises:
        ValueError: $\lvert\rho\rvert \ge 1$, states of another shape, or as in `block_gibbs`.

    Equation: :eq:`eq-gibbs-bivariate`.
    Section: :ref:`sec-gibbs-sampling`.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 11.3.

    Example:
        >>> walk = torch.Generator().manual_seed(0)
        >>> chains = gibbs_bivariate_normal(0.9, torch.zeros(50, 2), 400, generator=walk)
        >>> round(torch.corrcoef(chains.flat.T)[0, 1].item(), 1)
        0.9

    In production: `dlcore.probability.mvn_sample`, whose draws are independent.
    """
    if not -1 < rho < 1 or initial.ndim != 2 or initial.shape[1] != 2:
        raise ValueError(
            f"expected a correlation in (-1, 1) and states (chains, 2), got {rho} and "
            f"{tuple(initial.shape)}"
        )
    spread = math.sqrt(1 - rho**2)

    def given(other: int) -> Conditional:
        return lambda x, g: rho * x[:, [other]] + spread * normal(x[:, [other]], g)

    chains = block_gibbs(
        {0: given(1), 1: given(0)}, initial, draws, scan=scan, burn_in=burn_in, generator=generator
    )
    x, y = chains.samples.unbind(-1)
    log_prob = -(x**2 - 2 * rho * x * y + y**2) / (2 * spread**2)
    return Chains(chains.samples, log_prob, chains.acceptance_rate)


def gibbs_ising(
    model: IsingModel,
    initial: Float[Tensor, "chains n"],
    draws: int,
    *,
    burn_in: int = 0,
    generator: torch.Generator | None = None,
) -> Chains:
    r"""Gibbs sampling of spins, all those at once that are not coupled to each other.

    Given the rest, a spin is +1 with probability $\sigma(2(\sum_j J_{ij}s_j + h_i))$. Spins of one
    colour, no two of them neighbours, are independent given the others: on a grid the black and the
    white squares of a checkerboard take two steps, however many spins there are.

    Args:
        model: couplings J and field h.
        initial: spins of -1 and +1 where each chain starts, in the dtype of J.
        draws: sweeps over all spins that are kept.
        burn_in: sweeps before, which are thrown away.
        generator: source of randomness.

    Returns:
        The spins after each sweep, with their log-probability up to a constant.

    Raises:
        ValueError: no sweep, or initial states that are not n spins for each chain.

    Equation: :eq:`eq-ising-conditional`.
    Section: :ref:`sec-gibbs-sampling`.

    Source: Geman, Geman (1984), doi:10.1109/TPAMI.1984.4767596; Gonzalez et al. (2011), Parallel
        Gibbs sampling: from colored fields to thin junction trees.

    Example:
        >>> walk = torch.Generator().manual_seed(0)
        >>> start = torch.ones(50, 9, dtype=torch.float64)
        >>> chains = gibbs_ising(IsingModel.grid(3, 3, 0.2), start, 200, generator=walk)
        >>> abs(chains.samples.mean().item()) < 0.1
        True

    In production: near the critical coupling a cluster sampler, such as Wolff's.
    """
    J, h = model.J.detach(), model.h.detach()
    if initial.ndim != 2 or initial.shape[1] != len(h) or not bool((initial.abs() == 1).all()):
        raise ValueError(f"expected (chains, {len(h)}) spins -1 or +1, got {tuple(initial.shape)}")
    colours = nx.greedy_color(model.graph, strategy="DSATUR")
    classes = [
        tuple(i for i in sorted(colours) if colours[i] == c) for c in sorted(set(colours.values()))
    ]

    def redraw(block: tuple[int, ...]) -> Conditional:
        couplings, field = J[:, block], h[list(block)]

        def conditional(s: Tensor, g: torch.Generator | None) -> Tensor:
            p = (2 * (s @ couplings + field)).sigmoid()
            return torch.where(uniform(p, g) < p, 1.0, -1.0).to(s)

        return conditional

    chains = block_gibbs(
        {block: redraw(block) for block in classes},
        initial.to(J),
        draws,
        burn_in=burn_in,
        generator=generator,
    )
    s = chains.samples
    return Chains(s, (s @ J * s).sum(-1) / 2 + s @ h, chains.acceptance_rate)
