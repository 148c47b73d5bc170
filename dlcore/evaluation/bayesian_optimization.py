"""Choosing the next trial by what the last ones taught."""

import math
from collections.abc import Mapping
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.evaluation.gaussian_process import GaussianProcess
from dlcore.evaluation.hyperparameter_search import Objective, Search, Trial
from dlcore.evaluation.search_spaces import Space, require_space, sample_point

CANDIDATES = 512


def expected_improvement(
    mean: Float[Tensor, " n"], std: Float[Tensor, " n"], best: float | Tensor
) -> Float[Tensor, " n"]:
    r"""How much a trial is expected to lower the best value, $E[\max(f^* - f, 0)]$.

    Args:
        mean: $\mu$, expected value at each point, shape (n,).
        std: $\sigma$, its standard deviation, shape (n,); where it is 0 the outcome is certain.
        best: $f^*$, the smallest value so far.

    Returns:
        The expectation at each point, shape (n,), never negative.

    Raises:
        ValueError: shapes that differ, or a negative deviation.

    Equation: :eq:`eq-expected-improvement`
    Section: :ref:`sec-bayesian-optimization`
    Source: Jones, Schonlau, Welch (1998), Efficient global optimization of expensive black-box
        functions, doi:10.1023/A:1008306431147.

    Example:
        >>> expected_improvement(torch.tensor([0.3]), torch.tensor([0.2]), 0.25)
        tensor([0.0573])

    In production: botorch.acquisition.LogExpectedImprovement, which does not underflow.
    """
    _require_moments(mean, std)
    gain = best - mean
    certain = std == 0
    scale = torch.where(certain, 1, std)
    z = gain / scale
    density = (-(z**2) / 2).exp() / math.sqrt(2 * math.pi)
    expected = gain * torch.special.ndtr(z) + scale * density
    return torch.where(certain, gain, expected).clamp(min=0)


def lower_confidence_bound(
    mean: Float[Tensor, " n"], std: Float[Tensor, " n"], kappa: float = 2.0
) -> Float[Tensor, " n"]:
    r"""An optimist's value when small is good, $\mu - \kappa\sigma$: try where it is smallest.

    Args:
        mean: $\mu$, shape (n,).
        std: $\sigma$, shape (n,).
        kappa: $\kappa$, how much an uncertain point is worth; 0 only exploits.

    Returns:
        The bound at each point, shape (n,).

    Raises:
        ValueError: shapes that differ, a negative deviation or a negative kappa.

    Equation: :eq:`eq-lower-confidence-bound`
    Section: :ref:`sec-bayesian-optimization`
    Source: Srinivas, Krause, Kakade, Seeger (2010), Gaussian process optimization in the bandit
        setting, arXiv:0912.3995.

    Example:
        >>> lower_confidence_bound(torch.tensor([1.0]), torch.tensor([0.5]))
        tensor([0.])

    In production: botorch.acquisition.UpperConfidenceBound with maximize=False.
    """
    _require_moments(mean, std)
    if not kappa >= 0:
        raise ValueError(f"kappa must not be negative, got {kappa}")
    return mean - kappa * std


def upper_confidence_bound(
    mean: Float[Tensor, " n"], std: Float[Tensor, " n"], kappa: float = 2.0
) -> Float[Tensor, " n"]:
    r"""An optimist's value when large is good, $\mu + \kappa\sigma$: try where it is largest.

    Args:
        mean: $\mu$, shape (n,).
        std: $\sigma$, shape (n,).
        kappa: $\kappa$, how much an uncertain point is worth; 0 only exploits.

    Returns:
        The bound at each point, shape (n,).

    Raises:
        ValueError: as in `lower_confidence_bound`.

    Equation: :eq:`eq-lower-confidence-bound`
    Section: :ref:`sec-bayesian-optimization`
    Source: Srinivas, Krause, Kakade, Seeger (2010), Gaussian process optimization in the bandit
        setting, arXiv:0912.3995.

    Example:
        >>> upper_confidence_bound(torch.tensor([1.0]), torch.tensor([0.5]))
        tensor([2.])

    In production: botorch.acquisition.UpperConfidenceBound.
    """
    return -lower_confidence_bound(-mean, std, kappa)


class BayesianOptimizer:
    r"""Minimizes an expensive function: a Gaussian process of the trials says where to look next.

    Each dimension is mapped to [0, 1] by its own distribution, so that a log-uniform rate is
    modelled in its logarithm. The next point is the best by the acquisition function among random
    ones and ones near the best trial.

    Args:
        space: a dimension for each hyperparameter's name.
        acquisition: "ei", expected improvement, or "lcb", the lower confidence bound.
        initial: random trials before the process is asked.
        kappa: $\kappa$ of the bound.
        noise: standard deviation of the measurements, as a share of that of the values.
        generator: source of all draws; by default torch's global one.

    Attributes:
        trials: what was tried so far.

    Raises:
        ValueError: an empty space, an unknown acquisition, fewer than 2 initial trials, a noise
            that is not positive, or a negative kappa.
        TypeError: a value of the space that is no dimension.

    Equation: :eq:`eq-expected-improvement`
    Section: :ref:`sec-bayesian-optimization`
    Source: Snoek, Larochelle, Adams (2012), Practical Bayesian optimization of machine learning
        algorithms, arXiv:1206.2944.

    Example:
        >>> from dlcore.evaluation import LogUniform
        >>> optimizer = BayesianOptimizer(
        ...     {"lr": LogUniform(1e-5, 1.0)}, generator=torch.Generator().manual_seed(0)
        ... )
        >>> search = optimizer.minimize(lambda p: (math.log10(p["lr"]) + 2) ** 2, 15)
        >>> search.best.value < 0.01
        True

    In production: optuna, botorch, or scikit-optimize.
    """

    def __init__(
        self,
        space: Space,
        *,
        acquisition: Literal["ei", "lcb"] = "ei",
        initial: int = 5,
        kappa: float = 2.0,
        noise: float = 1e-2,
        generator: torch.Generator | None = None,
    ) -> None:
        require_space(space)
        if acquisition not in ("ei", "lcb"):
            raise ValueError(f"acquisition must be 'ei' or 'lcb', got {acquisition!r}")
        if initial < 2 or not noise > 0 or not kappa >= 0:
            raise ValueError(
                "two initial trials, a positive noise and a kappa of at least 0 are needed, got "
                f"{initial}, {noise} and {kappa}"
            )
        self.space = space
        self.acquisition = acquisition
        self.initial = initial
        self.kappa = kappa
        self.noise = noise
        self.generator = generator
        self.trials: list[Trial] = []

    def ask(self) -> dict[str, Any]:
        """The hyperparameters to try next."""
        usable = [trial for trial in self.trials if math.isfinite(trial.value)]
        if len(usable) < self.initial:
            return sample_point(self.space, self.generator)
        values = torch.tensor([trial.value for trial in usable], dtype=torch.float64)
        points = torch.stack([self._place(trial.params) for trial in usable])
        scale = values.std().clamp(min=1e-12)
        standard = (values - values.mean()) / scale
        process = GaussianProcess(length_scale=0.3, noise=self.noise, optimize=True)
        process.fit(points, standard)
        candidates = self._candidates(points[standard.argmin()])
        mean, std = process.predict(candidates)
        if self.acquisition == "ei":
            chosen = expected_improvement(mean, std, standard.min()).argmax()
        else:
            chosen = lower_confidence_bound(mean, std, self.kappa).argmin()
        shares = candidates[chosen].tolist()
        return {
            name: dimension.quantile(u)
            for (name, dimension), u in zip(self.space.items(), shares, strict=True)
        }

    def tell(self, params: Mapping[str, Any], value: float) -> None:
        """What these hyperparameters gave; NaN or infinity where the run broke down.

        Raises:
            ValueError: other names than those of the space.
        """
        if params.keys() != self.space.keys():
            raise ValueError(f"values for {sorted(self.space)} are needed, got {sorted(params)}")
        self.trials.append(Trial(dict(params), float(value)))

    def minimize(self, objective: Objective, n: int) -> Search:
        """Ask, try and tell n times; all trials so far.

        Raises:
            ValueError: fewer than one trial.
        """
        if n < 1:
            raise ValueError(f"at least one trial is needed, got {n}")
        for _ in range(n):
            params = self.ask()
            self.tell(params, objective(params))
        return Search(list(self.trials))

    def _place(self, params: Mapping[str, Any]) -> Tensor:
        """Hyperparameters as a point of the unit cube."""
        return torch.tensor(
            [dimension.cdf(params[name]) for name, dimension in self.space.items()],
            dtype=torch.float64,
        )

    def _candidates(self, best: Tensor) -> Tensor:
        device = self.generator.device if self.generator else None
        empty = torch.empty(CANDIDATES, len(self.space), dtype=torch.float64, device=device)
        anywhere = empty.uniform_(generator=self.generator).cpu()
        step = torch.empty_like(empty).normal_(generator=self.generator).cpu()
        return torch.cat([anywhere, (best + 0.05 * step).clamp(0, 1)])


def _require_moments(mean: Tensor, std: Tensor) -> None:
    if mean.shape != std.shape:
        raise ValueError(f"mean and std differ in shape: {tuple(mean.shape)}, {tuple(std.shape)}")
    if not (std >= 0).all():
        raise ValueError("a standard deviation is negative or NaN")
