"""Flows with triangular Jacobians: density at once and samples in turn, or the reverse."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.generative.elementary_flows import Images
from dlcore.generative.flow import Flow, InverseFlow
from dlcore.generative.masked_network import MADE, MaskedLinear


class MaskedAutoregressiveFlow(Flow):
    r"""$x_i = z_i e^{\alpha_i(x_{<i})} + \mu_i(x_{<i})$: Gaussian conditionals, one after another.

    Codes of given data take one pass of the network, data from given codes take d, since $x_i$
    needs $x_{<i}$. Log-scales are bounded by $c\tanh(\cdot/c)$. It starts as the identity.

    Args:
        dim: d.
        hidden: widths of the masked network.
        bound: c, the largest size of a log-scale.

    Raises:
        ValueError: counts below 1, a bound that is not positive, or rows of another length.

    Equation: :eq:`eq-masked-autoregressive-flow`
    Section: :ref:`sec-autoregressive-flows`
    Source: Papamakarios, Pavlakou, Murray (2017), Masked autoregressive flow for density
        estimation, arXiv:1705.07057.

    Example:
        >>> layer, z = MaskedAutoregressiveFlow(3), torch.randn(5, 3)
        >>> torch.allclose(layer.inverse(layer(z)[0])[0], z, atol=1e-5)
        True

    In production: zuko.flows.MAF.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64), bound: float = 3.0) -> None:
        super().__init__(dim)
        if not bound > 0:
            raise ValueError(f"bound must be positive, got {bound}")
        self.bound = bound
        self.network = MADE(dim, hidden, outputs=2)
        last = self.network.network[-1]
        assert isinstance(last, MaskedLinear)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def conditionals(self, x: Float[Tensor, "n d"]) -> tuple[Tensor, Tensor]:
        r"""Means $\mu$ and log-scales $\alpha$ of all coordinates given those before, (n, d)."""
        mu, alpha = self.network(x).unbind(-1)
        return mu, self.bound * (alpha / self.bound).tanh()

    def inverse(self, x: Float[Tensor, "n d"]) -> Images:
        """Data to codes, in one pass."""
        self.require_rows(x)
        mu, alpha = self.conditionals(x)
        return (x - mu) * (-alpha).exp(), -alpha.sum(1)

    def forward(self, z: Float[Tensor, "n d"]) -> Images:
        """Codes to data, coordinate by coordinate: d passes."""
        self.require_rows(z)
        x, log_det = torch.zeros_like(z), z.new_zeros(len(z))
        for i in range(self.dim):
            mu, alpha = self.conditionals(x)
            column = z[:, i] * alpha[:, i].exp() + mu[:, i]
            x = torch.cat([x[:, :i], column[:, None], x[:, i + 1 :]], dim=1)
            log_det = log_det + alpha[:, i]
        return x, log_det


class InverseAutoregressiveFlow(InverseFlow):
    r"""$x_i = z_i e^{\alpha_i(z_{<i})} + \mu_i(z_{<i})$: samples at once, densities in turn.

    It is `MaskedAutoregressiveFlow` the other way round, in other letters: there
    $z_i = (x_i - \mu_i)e^{-\alpha_i}$. Its own samples come with their densities in one pass, which
    is what a variational posterior needs.

    Args:
        dim: d.
        hidden: widths of the masked network.
        bound: the largest size of a log-scale.

    Raises:
        ValueError: as for `MaskedAutoregressiveFlow`.

    Equation: :eq:`eq-inverse-autoregressive-flow`
    Section: :ref:`sec-autoregressive-flows`
    Source: Kingma, Salimans, Jozefowicz, Chen, Sutskever, Welling (2016), Improving variational
        inference with inverse autoregressive flow, arXiv:1606.04934.

    Example:
        >>> from dlcore.generative import NormalizingFlow
        >>> x, log_prob = NormalizingFlow([InverseAutoregressiveFlow(3)]).sample_with_log_prob(4)
        >>> x.shape, log_prob.shape
        (torch.Size([4, 3]), torch.Size([4]))

    In production: zuko.flows.MAF with its transforms inverted.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64), bound: float = 3.0) -> None:
        super().__init__(MaskedAutoregressiveFlow(dim, hidden, bound))
