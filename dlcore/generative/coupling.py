"""Coupling layers: one part of the coordinates says how the other is moved."""

from abc import abstractmethod
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from dlcore.generative.elementary_flows import Images
from dlcore.generative.flow import Flow, NormalizingFlow
from dlcore.nn import MLP


class Coupling(Flow):
    """What all coupling layers share: a mask, and a network that sees only the kept part.

    Args:
        mask: true where coordinates are kept, shape (d,); default the even ones.
        dim: d, at least 2.
        hidden: widths of the network's hidden layers.
        outputs: numbers that the network gives for each moved coordinate.

    Raises:
        ValueError: dim below 2, or a mask that keeps all or none.
    """

    kept: Tensor
    moved: Tensor

    def __init__(
        self, dim: int, hidden: Sequence[int], mask: Bool[Tensor, " d"] | None, outputs: int
    ) -> None:
        super().__init__(dim)
        if mask is None:
            mask = torch.arange(dim) % 2 == 0
        if mask.shape != (dim,) or not 0 < int(mask.sum()) < dim:
            raise ValueError(
                f"mask must keep some of {dim} coordinates and move others, got {mask.tolist()}"
            )
        self.register_buffer("kept", mask.nonzero().flatten())
        self.register_buffer("moved", (~mask).nonzero().flatten())
        self.outputs = outputs
        self.network = MLP([len(self.kept), *hidden, outputs * len(self.moved)], activation="relu")
        for parameter in self.network.linear_layers[-1].parameters():
            nn.init.zeros_(parameter)

    def forward(self, z: Float[Tensor, "n d"]) -> Images:
        """Codes to data."""
        return self._couple(z, inverse=False)

    def inverse(self, x: Float[Tensor, "n d"]) -> Images:
        """Data to codes; the same price as the forward direction."""
        return self._couple(x, inverse=True)

    def _couple(self, v: Tensor, inverse: bool) -> Images:
        self.require_rows(v)
        a, b = v[:, self.kept], v[:, self.moved]
        given = self.network(a).reshape(len(v), len(self.moved), self.outputs)
        b, log_slopes = self.transform(b, given, inverse)
        return v.index_copy(1, self.moved, b), log_slopes.sum(1)

    @abstractmethod
    def transform(
        self, b: Float[Tensor, "n m"], given: Float[Tensor, "n m k"], inverse: bool
    ) -> tuple[Float[Tensor, "n m"], Float[Tensor, "n m"]]:
        """Each moved coordinate by its own numbers, with the logarithm of the slope."""


class AdditiveCoupling(Coupling):
    """$x_b = z_b + t(z_a)$, $x_a = z_a$: volume is kept, the log-determinant is 0.

    It starts as the identity, since the network's last layer starts at 0.

    Args:
        dim: d, at least 2.
        hidden: widths of the network t.
        mask: true for the coordinates a that are kept, shape (d,); default the even ones.

    Raises:
        ValueError: a mask that keeps all or none, or rows of another length.

    Equation: :eq:`eq-additive-coupling`
    Section: :ref:`sec-coupling-layers`
    Source: Dinh, Krueger, Bengio (2015), NICE: non-linear independent components estimation,
        arXiv:1410.8516.

    Example:
        >>> AdditiveCoupling(2)(torch.tensor([[1.0, 2.0]]))[1]
        tensor([0.], grad_fn=<SumBackward1>)

    In production: zuko.flows.NICE.
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        mask: Bool[Tensor, " d"] | None = None,
    ) -> None:
        super().__init__(dim, hidden, mask, outputs=1)

    def transform(
        self, b: Float[Tensor, "n m"], given: Float[Tensor, "n m k"], inverse: bool
    ) -> tuple[Float[Tensor, "n m"], Float[Tensor, "n m"]]:
        """Shift by t, or back."""
        t = given[..., 0]
        return (b - t if inverse else b + t), 0 * t


class AffineCoupling(Coupling):
    r"""$x_b = z_b\odot e^{s(z_a)} + t(z_a)$, $x_a = z_a$, with log-determinant $\sum s$.

    s and t may be any network, since neither is ever inverted. Scales are bounded,
    $s = c\tanh(\cdot/c)$, so that no step can blow them up. It starts as the identity.

    Args:
        dim: d, at least 2.
        hidden: widths of the network that gives s and t.
        mask: true for the coordinates a that are kept, shape (d,); default the even ones.
        bound: c, the largest size of s.

    Raises:
        ValueError: a mask that keeps all or none, a bound that is not positive, or rows of another
            length.

    Equation: :eq:`eq-affine-coupling`
    Section: :ref:`sec-coupling-layers`
    Source: Dinh, Sohl-Dickstein, Bengio (2017), Density estimation using Real NVP,
        arXiv:1605.08803.

    Example:
        >>> layer, z = AffineCoupling(5), torch.randn(3, 5)
        >>> torch.allclose(layer.inverse(layer(z)[0])[0], z, atol=1e-5)
        True

    In production: normflows.flows.AffineCouplingBlock.
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        mask: Bool[Tensor, " d"] | None = None,
        bound: float = 3.0,
    ) -> None:
        super().__init__(dim, hidden, mask, outputs=2)
        if not bound > 0:
            raise ValueError(f"bound must be positive, got {bound}")
        self.bound = bound

    def transform(
        self, b: Float[Tensor, "n m"], given: Float[Tensor, "n m k"], inverse: bool
    ) -> tuple[Float[Tensor, "n m"], Float[Tensor, "n m"]]:
        """Scale by exp(s) and shift by t, or back."""
        s = self.bound * (given[..., 0] / self.bound).tanh()
        t = given[..., 1]
        return ((b - t) * (-s).exp(), -s) if inverse else (b * s.exp() + t, s)


class RealNVP(NormalizingFlow):
    """Affine couplings whose masks take turns, so that every coordinate is moved.

    Args:
        dim: d, at least 2.
        layers: number of couplings.
        hidden: widths of each coupling's network.
        bound: the largest size of a log-scale.

    Raises:
        ValueError: dim below 2, or no layers.

    Equation: :eq:`eq-affine-coupling`
    Section: :ref:`sec-coupling-layers`
    Source: Dinh, Sohl-Dickstein, Bengio (2017), Density estimation using Real NVP,
        arXiv:1605.08803.

    Example:
        >>> flow = RealNVP(2, layers=4, hidden=(16,))
        >>> flow.log_prob(torch.zeros(1, 2)).detach()
        tensor([-1.8379])

    In production: zuko.flows.RealNVP.
    """

    def __init__(
        self,
        dim: int,
        layers: int = 8,
        hidden: Sequence[int] = (64, 64),
        bound: float = 3.0,
    ) -> None:
        even = torch.arange(dim) % 2 == 0
        super().__init__(
            [AffineCoupling(dim, hidden, even ^ bool(i % 2), bound) for i in range(layers)]
        )
