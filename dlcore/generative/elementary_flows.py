"""The smallest invertible maps: scale, mix, permute, and fold along one direction."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import softplus

from dlcore.generative.flow import Flow

Images = tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]


class ActNorm(Flow):
    r"""$x = e^{s}\odot z + b$, begun so that the codes of the first batch have mean 0, variance 1.

    The first call of `inverse` in training mode sets s and b from its batch; from then on they are
    ordinary parameters.

    Args:
        dim: d.

    Attributes:
        log_scale: s, shape (d,).
        shift: b, shape (d,).

    Raises:
        ValueError: rows of another length, or a first batch without spread.

    Equation: :eq:`eq-actnorm`
    Section: :ref:`sec-glow`
    Source: Kingma, Dhariwal (2018), Glow: generative flow with invertible 1x1 convolutions,
        arXiv:1807.03039.

    Example:
        >>> codes, _ = ActNorm(1).inverse(torch.tensor([[1.0], [3.0]]))
        >>> codes.detach()
        tensor([[-1.],
                [ 1.]])

    In production: normflows.flows.ActNorm.
    """

    initialized: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__(dim)
        self.log_scale = nn.Parameter(torch.zeros(dim))
        self.shift = nn.Parameter(torch.zeros(dim))
        self.register_buffer("initialized", torch.tensor(False))

    def forward(self, z: Float[Tensor, "n d"]) -> Images:
        """Codes to data."""
        self.require_rows(z)
        return z * self.log_scale.exp() + self.shift, self.log_scale.sum().expand(len(z))

    def inverse(self, x: Float[Tensor, "n d"]) -> Images:
        """Data to codes; the first batch in training sets the parameters."""
        self.require_rows(x)
        if self.training and not self.initialized:
            self._initialize(x)
        return (x - self.shift) * (-self.log_scale).exp(), -self.log_scale.sum().expand(len(x))

    @torch.no_grad()
    def _initialize(self, x: Tensor) -> None:
        std = x.std(0, correction=0)
        if len(x) < 2 or not (std > 0).all():
            raise ValueError(f"the first batch {tuple(x.shape)} has no spread in some column")
        self.shift.copy_(x.mean(0))
        self.log_scale.copy_(std.log())
        self.initialized.fill_(True)


class InvertibleLinear(Flow):
    r"""$x = Wz$ with $W = PL(U + \operatorname{diag}(\pm e^{s}))$: the determinant is a sum.

    P is a fixed permutation, L unit lower and U strictly upper triangular; the start is a random
    rotation. On the channels of each pixel it is Glow's invertible 1x1 convolution.

    Args:
        dim: d.
        generator: source of the start; default torch's global one.

    Attributes:
        lower: what of L lies below the diagonal, shape (d, d).
        upper: U, above the diagonal, shape (d, d).
        log_diagonal: s, shape (d,).

    Raises:
        ValueError: dim below 1, or rows of another length.

    Equation: :eq:`eq-invertible-linear`
    Section: :ref:`sec-glow`
    Source: Kingma, Dhariwal (2018), Glow: generative flow with invertible 1x1 convolutions,
        arXiv:1807.03039, section 3.2.

    Example:
        >>> layer, z = InvertibleLinear(3), torch.randn(5, 3)
        >>> torch.allclose(layer.inverse(layer(z)[0])[0], z, atol=1e-4)
        True

    In production: normflows.flows.Invertible1x1Conv.
    """

    permutation: Tensor
    signs: Tensor

    def __init__(self, dim: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__(dim)
        rotation = torch.linalg.qr(torch.randn(dim, dim, generator=generator)).Q
        P, L, U = torch.linalg.lu(rotation)
        diagonal = U.diagonal()
        self.register_buffer("permutation", P)
        self.register_buffer("signs", diagonal.sign())
        self.lower = nn.Parameter(L.tril(-1))
        self.upper = nn.Parameter(U.triu(1))
        self.log_diagonal = nn.Parameter(diagonal.abs().log())

    def _factors(self) -> tuple[Tensor, Tensor]:
        identity = torch.eye(self.dim, dtype=self.lower.dtype, device=self.lower.device)
        L = self.lower.tril(-1) + identity
        return L, self.upper.triu(1) + (self.signs * self.log_diagonal.exp()).diag()

    @property
    def weight(self) -> Float[Tensor, "d d"]:
        """W."""
        L, U = self._factors()
        return self.permutation @ L @ U

    def forward(self, z: Float[Tensor, "n d"]) -> Images:
        """Codes to data."""
        self.require_rows(z)
        return z @ self.weight.mT, self.log_diagonal.sum().expand(len(z))

    def inverse(self, x: Float[Tensor, "n d"]) -> Images:
        """Data to codes, by two substitutions."""
        self.require_rows(x)
        L, U = self._factors()
        y = torch.linalg.solve_triangular(
            L, self.permutation.mT @ x.mT, upper=False, unitriangular=True
        )
        z = torch.linalg.solve_triangular(U, y, upper=True)
        return z.mT, -self.log_diagonal.sum().expand(len(x))


class Permutation(Flow):
    """The coordinates in another order, so that the next layer changes others.

    Args:
        order: a permutation of 0, ..., d - 1: column i of x is column order[i] of z.

    Raises:
        ValueError: no permutation, or rows of another length.

    Equation: :eq:`eq-flow-composition`
    Section: :ref:`sec-coupling-layers`
    Source: Dinh, Sohl-Dickstein, Bengio (2017), Density estimation using Real NVP,
        arXiv:1605.08803.

    Example:
        >>> Permutation([2, 0, 1])(torch.tensor([[10.0, 11.0, 12.0]]))
        (tensor([[12., 10., 11.]]), tensor([0.]))

    In production: zuko.transforms.PermutationTransform.
    """

    order: Tensor

    def __init__(self, order: Sequence[int]) -> None:
        super().__init__(len(order))
        if sorted(order) != list(range(len(order))):
            raise ValueError(f"order must be a permutation of 0, ..., d - 1, got {list(order)}")
        self.register_buffer("order", torch.tensor(list(order)))

    def forward(self, z: Float[Tensor, "n d"]) -> Images:
        """The columns in the new order."""
        self.require_rows(z)
        return z[:, self.order], z.new_zeros(len(z))

    def inverse(self, x: Float[Tensor, "n d"]) -> Images:
        """The columns in the old order."""
        self.require_rows(x)
        return x[:, self.order.argsort()], x.new_zeros(len(x))


class PlanarFlow(Flow):
    r"""$f(z) = z + \hat u\tanh(w^\top z + b)$: space stretched or squeezed across one hyperplane.

    Its determinant is $1 + \hat u^\top w(1 - \tanh^2)$. To stay invertible, u is changed along w
    so that $w^\top\hat u = -1 + \log(1 + e^{w^\top u}) > -1$. The inverse needs one number for
    each row, found by bisection, to which gradients pass by the implicit function theorem.

    Args:
        dim: d.
        generator: source of the start; default torch's global one.

    Attributes:
        u: shape (d,), before it is changed.
        w: shape (d,).
        b: shape ().

    Raises:
        ValueError: dim below 1, or rows of another length.

    Equation: :eq:`eq-planar-flow`
    Section: :ref:`sec-planar-flow`
    Source: Rezende, Mohamed (2015), Variational inference with normalizing flows,
        arXiv:1505.05770, section 4.1 and appendix A.1.

    Example:
        >>> layer, z = PlanarFlow(3), torch.randn(5, 3)
        >>> torch.allclose(layer.inverse(layer(z)[0])[0], z, atol=1e-4)
        True

    In production: coupling layers, which need no search.
    """

    def __init__(self, dim: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__(dim)
        scale = dim**-0.5
        self.u = nn.Parameter(scale * torch.randn(dim, generator=generator))
        self.w = nn.Parameter(scale * torch.randn(dim, generator=generator))
        self.b = nn.Parameter(torch.zeros(()))

    @property
    def direction(self) -> Float[Tensor, " d"]:
        """The vector along which points move, u changed so that the map is invertible."""
        along = self.w @ self.u
        wanted = softplus(along) - 1
        return self.u + (wanted - along) * self.w / (self.w @ self.w).clamp(min=1e-12)

    def forward(self, z: Float[Tensor, "n d"]) -> Images:
        """Codes to data."""
        self.require_rows(z)
        u = self.direction
        h = (z @ self.w + self.b).tanh()
        return z + h[:, None] * u, torch.log1p((u @ self.w) * (1 - h.square()))

    def inverse(self, x: Float[Tensor, "n d"]) -> Images:
        r"""Data to codes: $a + w^\top\hat u\tanh(a + b) = w^\top x$ gives $a = w^\top z$."""
        self.require_rows(x)
        u = self.direction
        slope, target = u @ self.w, x @ self.w
        with torch.no_grad():
            a = self._bisect(slope, target)
            h = (a + self.b).tanh()
            steepness = 1 + slope * (1 - h.square())
        # one Newton step: its value polishes the root, its gradient is that of the root
        a = a - (a + slope * (a + self.b).tanh() - target) / steepness
        h = (a + self.b).tanh()
        return x - h[:, None] * u, -torch.log1p(slope * (1 - h.square()))

    def _bisect(self, slope: Tensor, target: Tensor) -> Tensor:
        low, high = target - slope.abs() - 1e-3, target + slope.abs() + 1e-3
        for _ in range(60):
            middle = (low + high) / 2
            above = middle + slope * (middle + self.b).tanh() > target
            low, high = torch.where(above, low, middle), torch.where(above, middle, high)
        return (low + high) / 2
