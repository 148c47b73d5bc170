"""From a density that is easy to one that is not, in many small steps, with weights that pay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from dlcore.montecarlo.chains import LogProb
from dlcore.montecarlo.estimators import Sampler
from dlcore.montecarlo.importance_weights import importance_ess, log_mean_weight

Path = Callable[[Tensor, float], Tensor]
Transition = Callable[[Tensor, float, torch.Generator | None], Tensor]


@dataclass(frozen=True)
class AnnealedRuns:
    r"""Weighted draws of the target, from independent runs.

    Attributes:
        samples: where each run ended, shape (chains, ...).
        log_weights: $\log w$ of each run in float64; the mean of w estimates the target's constant
            over the base's without bias.

    Section: :ref:`sec-annealed-importance`

    Example:
        >>> runs = AnnealedRuns(torch.zeros(2, 3), torch.tensor([0.0, 0.0]))
        >>> runs.log_ratio, runs.ess
        (tensor(0.), tensor(2.))

    In production: what tfp.mcmc.sample_annealed_importance_chain returns.
    """

    samples: Shaped[Tensor, "chains ..."]
    log_weights: Float[Tensor, " chains"]

    @property
    def log_ratio(self) -> Float[Tensor, ""]:
        r"""The estimate of $\log(Z_1 / Z_0)$; add $\log Z_0$ of the base, 0 if it is normalized."""
        return log_mean_weight(self.log_weights)[0]

    @property
    def log_ratio_error(self) -> Float[Tensor, ""]:
        """Its standard error; trust it only where many runs share the weight."""
        return log_mean_weight(self.log_weights)[1]

    @property
    def ess(self) -> Float[Tensor, ""]:
        """How many equally weighted runs these are worth."""
        return importance_ess(self.log_weights)


def geometric_path(log_prob_base: LogProb, log_prob_target: LogProb) -> Path:
    r"""The densities between two, $p_\beta \propto p_0^{1 - \beta} p_1^\beta$, as logarithms.

    Args:
        log_prob_base: $\log p_0$ up to a constant, (chains, ...) to (chains,).
        log_prob_target: $\log p_1$ up to a constant.

    Returns:
        A function of states and of $\beta$ in [0, 1]; at 0 and 1 only one of the two is evaluated.

    Raises:
        ValueError: in use, a beta outside [0, 1].

    Equation: :eq:`eq-annealed-path`
    Section: :ref:`sec-annealed-importance`
    Source: Neal (2001), Annealed importance sampling, doi:10.1023/A:1008923215028.

    Example:
        >>> path = geometric_path(lambda x: -x[:, 0].square(), lambda x: -3 * x[:, 0].square())
        >>> path(torch.tensor([[1.0]]), 0.5)
        tensor([-2.])

    In production: the same line.
    """

    def path(x: Tensor, beta: float) -> Tensor:
        if not 0 <= beta <= 1:
            raise ValueError(f"an inverse temperature lies in [0, 1], got {beta}")
        if beta == 0:
            return log_prob_base(x)
        if beta == 1:
            return log_prob_target(x)
        return (1 - beta) * log_prob_base(x) + beta * log_prob_target(x)

    return path


@torch.no_grad()
def annealed_importance_sampling(
    initial: Sampler,
    path: Path,
    transition: Transition,
    betas: Sequence[float] | Float[Tensor, " k"],
    *,
    chains: int = 1000,
    generator: torch.Generator | None = None,
) -> AnnealedRuns:
    r"""Importance sampling along a path of densities from a base $p_0$ to a target $p_1$.

    Each run starts with a draw of the base. Going from $\beta_{k-1}$ to $\beta_k$ multiplies its
    weight by $p_{\beta_k}(x) / p_{\beta_{k-1}}(x)$; then x moves by the transition, which leaves
    $p_{\beta_k}$ as it is. The transition may mix badly: the weights stay unbiased, they only
    spread more.

    Args:
        initial: exact draws of the base: called as `initial((chains,), generator=generator)`, such
            as `Normal(0.0, 1.0).sample`; shape (chains, ...).
        path: $\log p_\beta(x)$ up to a constant that does not hang on $\beta$ between the ends,
            called as `path(x, beta)`, shape (chains,): see `geometric_path`; an energy model with
            hidden units has a path of its own.
        transition: called as `transition(x, beta, generator)`, gives the moved states.
        betas: inverse temperatures, rising from 0 to 1; the more, the less the weights spread.
        chains: independent runs, side by side.
        generator: source of randomness.

    Returns:
        Where the runs ended and their log-weights. After the last weight x moves once more, at
        $\beta = 1$.

    Raises:
        ValueError: betas that do not rise from 0 to 1, no run, or a path that does not give one
            number a run.

    Equations: :eq:`eq-annealed-path`, :eq:`eq-annealed-weight`
    Section: :ref:`sec-annealed-importance`
    Source: Neal (2001), Annealed importance sampling, doi:10.1023/A:1008923215028.

    Example:
        >>> import math
        >>> from dlcore.probability import Normal
        >>> base = Normal(0.0, 1.0)
        >>> path = geometric_path(base.log_prob, lambda x: -2 * x.square())
        >>> def exact(x, beta, generator):
        ...     return Normal(0.0, (1 + 3 * beta) ** -0.5).sample((len(x),), generator=generator)
        >>> runs = annealed_importance_sampling(
        ...     base.sample,
        ...     path,
        ...     exact,
        ...     torch.linspace(0, 1, 30),
        ...     generator=torch.Generator().manual_seed(0),
        ... )
        >>> bool((runs.log_ratio - math.log(math.pi / 2) / 2).abs() < 0.05)
        True

    In production: tfp.mcmc.sample_annealed_importance_chain.
    """
    ladder = torch.as_tensor(betas, dtype=torch.float64).tolist()
    rising = all(low < high for low, high in pairwise(ladder))
    if len(ladder) < 2 or ladder[0] != 0 or ladder[-1] != 1 or not rising:
        raise ValueError(f"betas must rise from 0 to 1, got {ladder}")
    if chains < 1:
        raise ValueError(f"annealed importance sampling needs at least 1 run, got {chains}")
    x = initial((chains,), generator=generator)
    log_weights = x.new_zeros(chains, dtype=torch.float64)
    for low, high in pairwise(ladder):
        log_weights += log_ratio_of(path, x, low, high)
        x = transition(x, high, generator)
    return AnnealedRuns(x, log_weights)


def log_ratio_of(path: Path, x: Tensor, low: float, high: float) -> Float[Tensor, " chains"]:
    """The log of what a step along the path multiplies each weight by."""
    ends = path(x, high), path(x, low)
    for value in ends:
        if value.shape != x.shape[:1]:
            raise ValueError(
                f"path must give one number a run: {tuple(x.shape)} gave {tuple(value.shape)}"
            )
    return ends[0].double() - ends[1].double()
