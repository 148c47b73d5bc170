"""Coupling by monotone splines: an element can be bent at will and still be inverted."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import pad, softplus

from dlcore.generative.coupling import Coupling

LEAST = 1e-3


def rational_quadratic_spline(
    x: Float[Tensor, "*shape"],
    widths: Float[Tensor, "*shape k"],
    heights: Float[Tensor, "*shape k"],
    slopes: Float[Tensor, "*shape k_less_1"],
    *,
    bound: float = 3.0,
    inverse: bool = False,
) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    r"""A rising curve through knots, a quotient of quadratics between each two of them.

    It maps [-B, B] onto itself with slope 1 at both ends and is the identity outside. The inverse
    is a root of a quadratic. Widths and heights of the bins are softmaxes, inner slopes softpluses,
    all at least 0.001 (a share, for the first two).

    Args:
        x: numbers, any shape.
        widths: logits of the widths of k bins.
        heights: logits of their heights.
        slopes: of the k - 1 inner knots before the softplus.
        bound: B, positive.
        inverse: give the number that the curve maps to x.

    Returns:
        The images and the logarithms of the slopes of *that* direction, shape of x.

    Raises:
        ValueError: a bound that is not positive, or sizes that do not fit.

    Equation: :eq:`eq-rational-quadratic-spline`
    Section: :ref:`sec-spline-flows`
    Source: Durkan, Bekasov, Murray, Papamakarios (2019), Neural spline flows, arXiv:1906.04032;
        Gregory, Delbourgo (1982), Piecewise rational quadratic interpolation to monotonic data.

    Example:
        >>> x, none = torch.tensor([-9.0, 0.0, 0.6]), torch.zeros(3, 2)
        >>> y, log_slope = rational_quadratic_spline(x, none, none, torch.ones(3, 1))
        >>> back, _ = rational_quadratic_spline(y, none, none, torch.ones(3, 1), inverse=True)
        >>> torch.allclose(back, x, atol=1e-5)
        True

    In production: zuko.transforms.MonotonicRQSTransform.
    """
    k = widths.shape[-1]
    if not bound > 0 or heights.shape[-1] != k or slopes.shape[-1] != k - 1 or k * LEAST >= 1:
        raise ValueError(
            f"expected bound > 0, k widths, k heights and k - 1 slopes, got {bound}, "
            f"{tuple(widths.shape)}, {tuple(heights.shape)}, {tuple(slopes.shape)}"
        )
    knots_x, knots_y = (_knots(logits, bound) for logits in (widths, heights))
    d = pad(LEAST + softplus(slopes), (1, 1), value=1.0)
    inside = (x > -bound) & (x < bound)
    at = torch.where(inside, x, torch.zeros_like(x))
    knots = knots_y if inverse else knots_x
    bins = (at[..., None] > knots[..., 1:-1]).sum(-1, keepdim=True)

    def of_bin(values: Tensor) -> Tensor:
        return values.gather(-1, bins)[..., 0]

    x0, w = of_bin(knots_x[..., :-1]), of_bin(knots_x.diff())
    y0, h = of_bin(knots_y[..., :-1]), of_bin(knots_y.diff())
    d0, d1 = of_bin(d[..., :-1]), of_bin(d[..., 1:])
    s = h / w
    bend = d0 + d1 - 2 * s
    if inverse:
        rise = at - y0
        a, b, c = h * (s - d0) + rise * bend, h * d0 - rise * bend, -s * rise
        share = 2 * c / (-b - (b.square() - 4 * a * c).clamp(min=0).sqrt())
        image = x0 + share * w
    else:
        share = (at - x0) / w
        flat = share * (1 - share)
        image = y0 + h * (s * share.square() + d0 * flat) / (s + bend * flat)
    flat = share * (1 - share)
    top = s.square() * (d1 * share.square() + 2 * s * flat + d0 * (1 - share).square())
    log_slope = top.log() - 2 * (s + bend * flat).log()
    log_slope = -log_slope if inverse else log_slope
    return torch.where(inside, image, x), torch.where(inside, log_slope, torch.zeros_like(x))


def _knots(logits: Tensor, bound: float) -> Tensor:
    shares = LEAST + (1 - LEAST * logits.shape[-1]) * logits.softmax(-1)
    inner = pad(shares.cumsum(-1)[..., :-1], (1, 0)) * 2 * bound - bound
    return pad(inner, (0, 1), value=bound)


class SplineCoupling(Coupling):
    """Each moved coordinate through a monotone spline whose knots the kept part chooses.

    More supple than `AffineCoupling` at the same price; identity outside [-bound, bound], so data
    should be brought to that range (`ActNorm`). At first it is near the identity.

    Args:
        dim: d, at least 2.
        hidden: widths of the network that gives the knots.
        mask: true for the coordinates that are kept, shape (d,); default the even ones.
        bins: k, at least 2.
        bound: B.

    Raises:
        ValueError: a mask that keeps all or none, numbers out of range, or rows of another length.

    Equation: :eq:`eq-rational-quadratic-spline`
    Section: :ref:`sec-spline-flows`
    Source: Durkan, Bekasov, Murray, Papamakarios (2019), Neural spline flows, arXiv:1906.04032.

    Example:
        >>> layer, z = SplineCoupling(2, hidden=(8,)), torch.randn(5, 2)
        >>> torch.allclose(layer.inverse(layer(z)[0])[0], z, atol=1e-4)
        True

    In production: zuko.flows.NSF, with coupling.
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        mask: Bool[Tensor, " d"] | None = None,
        bins: int = 8,
        bound: float = 3.0,
    ) -> None:
        if bins < 2 or not bound > 0:
            raise ValueError(f"expected bins >= 2 and bound > 0, got {bins}, {bound}")
        super().__init__(dim, hidden, mask, outputs=3 * bins - 1)
        self.bins, self.bound = bins, bound

    def transform(
        self, b: Float[Tensor, "n m"], given: Float[Tensor, "n m k"], inverse: bool
    ) -> tuple[Float[Tensor, "n m"], Float[Tensor, "n m"]]:
        """Along the spline, or back."""
        widths, heights, slopes = given.split([self.bins, self.bins, self.bins - 1], dim=-1)
        # softplus(0.5413) = 1: knots at equal places with slope 1 are the identity
        return rational_quadratic_spline(
            b, widths, heights, slopes + 0.5413, bound=self.bound, inverse=inverse
        )
