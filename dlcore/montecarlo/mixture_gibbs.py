"""A Bayesian Gaussian mixture: labels, weights, means and variances drawn in turn."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.montecarlo.chains import normal, uniform
from dlcore.montecarlo.conjugate_regression import standard_gamma


class MixtureChains(NamedTuple):
    """Draws of everything that a mixture does not know.

    Attributes:
        labels: component of each example, shape (chains, draws, n).
        weights: shape (chains, draws, k).
        means: shape (chains, draws, k, d).
        variances: of each feature in each component, shape (chains, draws, k, d).

    Section: :ref:`sec-mixture-gibbs`.

    Example:
        >>> gibbs_gaussian_mixture(torch.zeros(5, 2), 3, 7, chains=4).means.shape
        torch.Size([4, 7, 3, 2])

    In production: arviz.from_dict.
    """

    labels: Int[Tensor, "chains draws n"]
    weights: Float[Tensor, "chains draws k"]
    means: Float[Tensor, "chains draws k d"]
    variances: Float[Tensor, "chains draws k d"]

    @property
    def together(self) -> Float[Tensor, "n n"]:
        """In what share of all draws two examples have the same component, whatever its number."""
        z = self.labels.flatten(0, 1)
        pairs = sum((z == k).double().T @ (z == k).double() for k in range(self.weights.shape[-1]))
        return torch.as_tensor(pairs) / len(z)


def gibbs_gaussian_mixture(
    X: Float[Tensor, "n d"],
    components: int,
    draws: int,
    *,
    chains: int = 4,
    burn_in: int = 0,
    concentration: float = 1.0,
    mean: Float[Tensor, " d"] | None = None,
    strength: float = 0.1,
    shape: float = 2.0,
    rate: float = 1.0,
    generator: torch.Generator | None = None,
) -> MixtureChains:
    r"""Sample a mixture of Gaussians with independent features, by conjugate conditionals.

    The prior: weights Dirichlet with all parameters $\alpha$; in each component and feature
    $\sigma^2 \sim IG(a, b)$ and $\mu \sim \mathcal N(m, \sigma^2 / \kappa)$. The components have no
    order, so that averages of one component's mean mean nothing once labels have switched: ask
    for what does not hang on the numbering, such as `MixtureChains.together`.

    Args:
        X: examples as rows.
        components: k.
        draws: sweeps that are kept.
        chains: how many, each from random labels.
        burn_in: sweeps before, which are thrown away.
        concentration: $\alpha > 0$.
        mean: m; by default the mean of the examples.
        strength: $\kappa > 0$, how many examples the prior of a mean counts for.
        shape: a > 0.
        rate: b > 0, in the squared units of X.
        generator: source of randomness.

    Returns:
        All draws.

    Raises:
        ValueError: no example, component, draw or chain, or a parameter that is not positive.

    Equation: :eq:`eq-mixture-conditionals`.
    Section: :ref:`sec-mixture-gibbs`.

    Source: Diebolt, Robert (1994), Estimation of finite mixture distributions through Bayesian
        sampling, doi:10.1111/j.2517-6161.1994.tb01985.x.

    Example:
        >>> X = torch.tensor([[-5.0], [-5.2], [5.0], [5.1]])
        >>> walk = torch.Generator().manual_seed(0)
        >>> found = gibbs_gaussian_mixture(X, 2, 500, burn_in=50, generator=walk).together
        >>> bool(found[0, 1] > 0.8), bool(found[0, 2] < 0.2)
        (True, True)

    In production: sklearn.mixture.BayesianGaussianMixture, which approximates by variation.
    """
    if X.ndim != 2 or len(X) == 0 or components < 1 or draws < 1 or chains < 1 or burn_in < 0:
        raise ValueError(
            f"expected examples (n, d), components, draws, chains >= 1, burn_in >= 0, got "
            f"{tuple(X.shape)}, {components}, {draws}, {chains}, {burn_in}"
        )
    if not min(concentration, strength, shape, rate) > 0:
        raise ValueError(
            f"concentration, strength, shape and rate must be positive, got {concentration}, "
            f"{strength}, {shape} and {rate}"
        )
    m = X.mean(0) if mean is None else mean
    away, K = X - m, components
    z = (K * uniform(X.new_zeros(chains, len(X)), generator)).long().clamp(max=K - 1)
    kept: list[tuple[Tensor, ...]] = []
    for sweep in range(burn_in + draws):
        member = torch.nn.functional.one_hot(z, K).to(X)
        count = member.sum(1)
        parts = standard_gamma(concentration + count, generator)
        weights = parts / parts.sum(-1, keepdim=True)
        kappa = strength + count[..., None]
        centre = member.mT @ away / kappa
        squares = member.mT @ away.square() - kappa * centre.square()
        gamma = standard_gamma((shape + count / 2)[..., None].expand_as(squares), generator)
        variances = (rate + squares.clamp(min=0) / 2) / gamma
        means = m + centre + (variances / kappa).sqrt() * normal(centre, generator)
        fit = (X[:, None] - means[:, None]).square() / variances[:, None]
        logits = weights.log()[:, None] - (fit + variances.log()[:, None]).sum(-1) / 2
        gumbel = -(-uniform(logits, generator).log()).log()
        z = (logits + gumbel).argmax(-1)
        if sweep >= burn_in:
            kept.append((z, weights, means, variances))
    return MixtureChains(*(torch.stack(column, 1) for column in zip(*kept, strict=True)))
