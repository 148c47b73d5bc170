"""Invertible maps with known determinants, one after another: exact likelihoods."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from tqdm.auto import tqdm

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.probability.distribution import LOG_2PI


class Flow(nn.Module, ABC):
    r"""An invertible map x = f(z), row by row.

    A layer gives `forward` and `inverse`; both return the image and the logarithm of the absolute
    determinant of *that* map, so the two logarithms at matching points add up to 0.

    Args:
        dim: d, at least 1.

    Raises:
        ValueError: dim below 1, or rows of another length.

    Equation: :eq:`eq-flow-map`
    Section: :ref:`sec-normalizing-flows`
    Source: Papamakarios, Nalisnick, Rezende, Mohamed, Lakshminarayanan (2021), Normalizing flows
        for probabilistic modeling and inference, arXiv:1912.02762.

    Example:
        >>> class Doubling(Flow):
        ...     def forward(self, z):
        ...         return 2 * z, torch.full((len(z),), 0.6931)
        ...
        ...     def inverse(self, x):
        ...         return x / 2, torch.full((len(x),), -0.6931)
        >>> NormalizingFlow([Doubling(1)]).log_prob(torch.zeros(1, 1))
        tensor([-1.6120])

    In production: torch.distributions.Transform, zuko, normflows.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        if dim < 1:
            raise ValueError(f"dim must be at least 1, got {dim}")
        self.dim = dim

    @abstractmethod
    def forward(self, z: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
        r"""The x = f(z) and $\log\lvert\det\partial x/\partial z\rvert$ of each row."""

    @abstractmethod
    def inverse(self, x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
        r"""The z that f turns into x, and $\log\lvert\det\partial z/\partial x\rvert$."""

    def require_rows(self, x: Tensor) -> None:
        """Refuse what is not a table of d columns."""
        if x.ndim != 2 or x.shape[1] != self.dim:
            raise ValueError(
                f"{type(self).__name__} needs rows (n, {self.dim}), got {tuple(x.shape)}"
            )


class InverseFlow(Flow):
    """A flow the other way round: its forward is the other's inverse.

    Args:
        flow: what is turned round; the parameters are shared.

    Equation: :eq:`eq-flow-map`
    Section: :ref:`sec-normalizing-flows`
    Source: Papamakarios et al. (2021), arXiv:1912.02762, section 2.1.

    Example:
        >>> from dlcore.generative import InvertibleLinear
        >>> layer, z = InvertibleLinear(3), torch.eye(3)
        >>> torch.allclose(InverseFlow(layer)(layer(z)[0])[0], z, atol=1e-5)
        True

    In production: torch.distributions.Transform.inv.
    """

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow.dim)
        self.flow = flow

    def forward(self, z: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
        """The other's inverse."""
        return self.flow.inverse(z)

    def inverse(self, x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
        """The other's forward."""
        result: tuple[Tensor, Tensor] = self.flow(x)
        return result


class NormalizingFlow(Flow):
    r"""A density: standard normal codes through a chain of invertible maps.

    $\log p(x) = \log\mathcal N(z; 0, I) - \sum_l\log\lvert\det\partial f_l\rvert$. A chain is a
    layer again.

    Args:
        layers: from the codes to the data, of one dimension.

    Raises:
        ValueError: no layers, or layers of different dimensions.

    Equation: :eq:`eq-flow-log-likelihood`, :eq:`eq-flow-composition`
    Section: :ref:`sec-normalizing-flows`
    Source: Rezende, Mohamed (2015), Variational inference with normalizing flows,
        arXiv:1505.05770.

    Example:
        >>> from dlcore.generative import ActNorm, InvertibleLinear
        >>> flow = NormalizingFlow([InvertibleLinear(2), ActNorm(2)])
        >>> flow.sample(4).shape, flow.log_prob(flow.sample(4)).shape
        (torch.Size([4, 2]), torch.Size([4]))

    In production: zuko.flows, normflows.NormalizingFlow, torch.distributions.
        TransformedDistribution.
    """

    def __init__(self, layers: Sequence[Flow]) -> None:
        dims = {layer.dim for layer in layers}
        if len(dims) != 1:
            raise ValueError(f"layers must exist and share one dimension, got {sorted(dims)}")
        super().__init__(dims.pop())
        self.layers = nn.ModuleList(layers)

    def forward(self, z: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
        """Codes to data, with the sum of the layers' log-determinants."""
        self.require_rows(z)
        total = z.new_zeros(len(z))
        for layer in self.layers:
            z, log_det = layer(z)
            total = total + log_det
        return z, total

    def inverse(self, x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
        """Data to codes, the layers' inverses from the last to the first."""
        self.require_rows(x)
        total = x.new_zeros(len(x))
        for layer in reversed(self.layers):
            assert isinstance(layer, Flow)
            x, log_det = layer.inverse(x)
            total = total + log_det
        return x, total

    def log_prob(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """The exact log-density of each row, in nats."""
        z, log_det = self.inverse(x)
        return standard_normal_log_prob(z) + log_det

    @torch.no_grad()
    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Float[Tensor, "n d"]:
        """New data: codes from the standard normal, mapped."""
        return self.sample_with_log_prob(n, generator=generator)[0]

    def sample_with_log_prob(
        self, n: int, *, generator: torch.Generator | None = None
    ) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
        """New data and their log-densities without an inversion, with gradients to the layers."""
        like = next(self.parameters(), torch.zeros(()))
        z = standard_normal((n, self.dim), like, generator)
        x, log_det = self(z)
        return x, standard_normal_log_prob(z) - log_det


def standard_normal_log_prob(z: Tensor) -> Tensor:
    """The log-density of rows under N(0, I)."""
    return -0.5 * (z.square() + LOG_2PI).sum(1)


def train_flow(
    flow: NormalizingFlow,
    X: Float[Tensor, "n d"],
    *,
    steps: int,
    batch_size: int = 256,
    lr: float = 1e-3,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> Float[Tensor, " t"]:
    """Raise the mean log-likelihood of data by Adam.

    Args:
        flow: trained in place.
        X: data, shape (n, d).
        steps: of Adam.
        batch_size: examples of a step, drawn with replacement.
        lr: Adam's step size.
        generator: source of the batches; default torch's global one.
        progress: show a progress bar.

    Returns:
        The mean negative log-likelihood of each batch before its step, in nats, shape (steps,).

    Raises:
        ValueError: no data, or counts below 1.

    Equation: :eq:`eq-flow-log-likelihood`
    Section: :ref:`sec-normalizing-flows`
    Source: Papamakarios et al. (2021), arXiv:1912.02762, section 2.3.

    Example:
        >>> from dlcore.generative import ActNorm
        >>> flow = NormalizingFlow([ActNorm(2)])
        >>> train_flow(flow, 3 + torch.randn(500, 2), steps=5, progress=False).shape
        torch.Size([5])

    In production: any training loop.
    """
    if len(X) == 0 or steps < 1 or batch_size < 1 or not lr > 0:
        raise ValueError(
            f"train_flow needs examples, steps >= 1, batch_size >= 1 and lr > 0, got "
            f"{tuple(X.shape)}, {steps}, {batch_size}, {lr}"
        )
    flow.train()
    optimizer = torch.optim.Adam(flow.parameters(), lr=lr)
    where = generator.device if generator else X.device
    history = []
    for _ in tqdm(range(steps), desc="flow", disable=not progress):
        rows = torch.randint(len(X), (batch_size,), generator=generator, device=where)
        loss = -flow.log_prob(X[rows.to(X.device)]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    return torch.tensor(history)
