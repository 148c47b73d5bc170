"""Codes from a finite book: each vector becomes the nearest entry, the gradient passes it by."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.probability import entropy_from_counts


def straight_through(
    z: Float[Tensor, "*shape"], quantized: Float[Tensor, "*shape"]
) -> Float[Tensor, "*shape"]:
    r"""The quantized values, with the gradient of the ones that were not: $z + \mathrm{sg}(q - z)$.

    Args:
        z: what the encoder gave, any shape.
        quantized: what replaces it, of the same shape.

    Returns:
        The numbers of `quantized`; backward, what arrives goes to z unchanged, `quantized` gets
        nothing.

    Raises:
        ValueError: two shapes that differ.

    Equation: :eq:`eq-straight-through`
    Section: :ref:`sec-vector-quantization`
    Source: Bengio, Léonard, Courville (2013), Estimating or propagating gradients through
        stochastic neurons, arXiv:1308.3432.

    Example:
        >>> z = torch.tensor([0.2, 0.9], requires_grad=True)
        >>> (straight_through(z, z.round()) ** 2).sum().backward()
        >>> z.grad
        tensor([0., 2.])

    In production: the same line.
    """
    if z.shape != quantized.shape:
        raise ValueError(
            f"straight_through needs one shape, got {tuple(z.shape)} and {tuple(quantized.shape)}"
        )
    return _StraightThrough.apply(z, quantized)


class _StraightThrough(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(z: Tensor, quantized: Tensor) -> Tensor:
        return quantized.clone()

    @staticmethod
    def setup_context(ctx: object, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        pass

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient, None


def codebook_perplexity(indices: Int[Tensor, "*shape"], num_codes: int) -> Tensor:
    r"""How many entries of a codebook are in use, $e^{H}$ of the frequencies with which they are.

    Args:
        indices: entries chosen, 0 to num_codes - 1, any shape, at least one.
        num_codes: K.

    Returns:
        A scalar between 1 (always the same) and K (all equally often), float64.

    Raises:
        ValueError: no index, or one outside the book.

    Equation: :eq:`eq-codebook-perplexity`
    Section: :ref:`sec-vector-quantization`
    Source: van den Oord, Vinyals, Kavukcuoglu (2017), Neural discrete representation learning,
        arXiv:1711.00937.

    Example:
        >>> round(codebook_perplexity(torch.tensor([0, 0, 3, 3]), 8).item(), 6)
        2.0

    In production: the same lines.
    """
    if indices.numel() == 0 or indices.min() < 0 or indices.max() >= num_codes:
        raise ValueError(
            f"codebook_perplexity needs indices from 0 to {num_codes - 1}, at least one, got "
            f"{indices.numel()} of them"
            + (f" from {indices.min()} to {indices.max()}" if indices.numel() else "")
        )
    return entropy_from_counts(indices.flatten().bincount(minlength=num_codes)).exp()


class Quantization(NamedTuple):
    """Vectors replaced by entries of a codebook.

    Attributes:
        codes: the entries, with straight-through gradients, shape (b, ..., d).
        indices: which entries, shape (b, ...).
        loss: what pulls book and vectors together, a scalar.
        perplexity: of the indices, a scalar.

    Equation: :eq:`eq-vq-loss`
    Section: :ref:`sec-vector-quantization`
    Source: van den Oord, Vinyals, Kavukcuoglu (2017), Neural discrete representation learning,
        arXiv:1711.00937.

    Example:
        >>> VectorQuantizer(8, 2)(torch.zeros(5, 3, 2)).indices.shape
        torch.Size([5, 3])

    In production: the package vector-quantize-pytorch.
    """

    codes: Tensor
    indices: Tensor
    loss: Tensor
    perplexity: Tensor


class VectorQuantizer(nn.Module):
    r"""Replace each vector by the nearest of K learned entries, $\arg\min_j\lVert z - e_j\rVert$.

    The entries follow the vectors, by the gradient of $\lVert\mathrm{sg}(z) - e\rVert^2$ or, with
    `decay`, as moving averages of the vectors assigned to them; the vectors are held to their
    entries by $\beta\lVert z - \mathrm{sg}(e)\rVert^2$. Losses are summed over all but the first
    axis and averaged over that.

    Args:
        num_codes: K, at least 1.
        code_dim: d, at least 1.
        commitment: $\beta$, at least 0; default 0.25.
        decay: of the moving averages, in [0, 1); default None: the codebook is a parameter.

    Attributes:
        codebook: the entries, shape (K, d), at first uniform in $\pm1/K$.
        usage: moving average of how many vectors of a batch each entry got, shape (K,).

    Raises:
        ValueError: a number out of range, or vectors of another length than d.

    Equation: :eq:`eq-vq-loss`, :eq:`eq-codebook-ema`
    Section: :ref:`sec-vector-quantization`
    Source: van den Oord, Vinyals, Kavukcuoglu (2017), Neural discrete representation learning,
        arXiv:1711.00937, with its appendix A.1 for the moving averages.

    Example:
        >>> quantizer = VectorQuantizer(4, 1, decay=0.9)
        >>> quantizer.codebook.copy_(torch.tensor([[0.0], [1.0], [2.0], [3.0]])).shape
        torch.Size([4, 1])
        >>> quantizer(torch.tensor([[0.2], [2.6]])).indices
        tensor([0, 3])

    In production: the package vector-quantize-pytorch.
    """

    codebook: Tensor
    usage: Tensor

    def __init__(
        self,
        num_codes: int,
        code_dim: int,
        *,
        commitment: float = 0.25,
        decay: float | None = None,
    ) -> None:
        super().__init__()
        if num_codes < 1 or code_dim < 1 or commitment < 0:
            raise ValueError(
                f"VectorQuantizer needs num_codes >= 1, code_dim >= 1 and commitment >= 0, got "
                f"{num_codes}, {code_dim}, {commitment}"
            )
        if decay is not None and not 0 <= decay < 1:
            raise ValueError(f"decay must lie in [0, 1), got {decay}")
        self.commitment, self.decay = commitment, decay
        entries = torch.empty(num_codes, code_dim).uniform_(-1 / num_codes, 1 / num_codes)
        if decay is None:
            self.codebook = nn.Parameter(entries)
        else:
            self.register_buffer("codebook", entries)
        self.register_buffer("usage", torch.ones(num_codes))

    def nearest(self, z: Float[Tensor, "*batch d"]) -> Int[Tensor, "*batch"]:
        """The index of the entry nearest to each vector; of equals the first."""
        if z.shape[-1] != self.codebook.shape[1]:
            raise ValueError(
                f"vectors must have {self.codebook.shape[1]} entries, got shape {tuple(z.shape)}"
            )
        return (
            torch.cdist(z.detach().flatten(0, -2), self.codebook.detach())
            .argmin(1)
            .reshape(z.shape[:-1])
        )

    def forward(self, z: Float[Tensor, "b *positions d"]) -> Quantization:
        """Quantize vectors; in training, let the entries follow where they are averages."""
        indices = self.nearest(z)
        if self.training:
            self._follow(z.detach().flatten(0, -2), indices.flatten())
        entries = self.codebook[indices]
        loss = self.commitment * _mean_square_distance(z, entries.detach())
        if self.decay is None:
            loss = loss + _mean_square_distance(z.detach(), entries)
        return Quantization(
            straight_through(z, entries),
            indices,
            loss,
            codebook_perplexity(indices, len(self.usage)),
        )

    @torch.no_grad()
    def _follow(self, z: Tensor, indices: Tensor) -> None:
        """Move the averages: of how often each entry is used, and of the vectors it stands for."""
        decay = 0.99 if self.decay is None else self.decay
        counts = self.usage.new_zeros(len(self.usage)).index_add_(
            0, indices, self.usage.new_ones(len(indices))
        )
        sums = torch.zeros_like(self.codebook).index_add_(0, indices, z)
        kept = decay * self.usage
        usage = kept + (1 - decay) * counts
        if self.decay is not None:
            moved = kept[:, None] * self.codebook + (1 - decay) * sums
            used = usage > torch.finfo(usage.dtype).tiny
            self.codebook[used] = moved[used] / usage[used, None]
        self.usage.copy_(usage)

    @torch.no_grad()
    def restart_unused_(
        self,
        z: Float[Tensor, "*batch d"],
        *,
        threshold: float = 0.5,
        generator: torch.Generator | None = None,
    ) -> int:
        """Put entries that hardly any vector chose onto vectors drawn from z.

        Args:
            z: vectors as the encoder gives them now, shape (..., d).
            threshold: restart where `usage` is below this many vectors a batch.
            generator: the source of the draws; default torch's global one.

        Returns:
            How many entries were moved; their usage counts as 1 again.
        """
        vectors = z.detach().flatten(0, -2)
        unused = (self.usage < threshold).nonzero()[:, 0]
        where = generator.device if generator else None
        rows = torch.randint(len(vectors), unused.shape, generator=generator, device=where)
        self.codebook[unused] = vectors[rows.to(vectors.device)]
        self.usage[unused] = 1.0
        return len(unused)


def _mean_square_distance(a: Tensor, b: Tensor) -> Tensor:
    """Squared distances summed over an example, averaged over examples."""
    return (a - b).square().flatten(1).sum(1).mean()


class VQOutput(NamedTuple):
    """What a `VQVAE` makes of a batch.

    Attributes:
        reconstruction: shape of x.
        indices: the discrete code, shape (b, ...).
        loss: squared error and the quantizer's loss, summed over an example, a scalar.
        perplexity: of the indices, a scalar.

    Equation: :eq:`eq-vq-loss`
    Section: :ref:`sec-vector-quantization`
    Source: van den Oord, Vinyals, Kavukcuoglu (2017), Neural discrete representation learning,
        arXiv:1711.00937.

    Example:
        >>> model = VQVAE(nn.Linear(5, 2), nn.Linear(2, 5), VectorQuantizer(8, 2))
        >>> model(torch.zeros(3, 5)).indices.shape
        torch.Size([3])

    In production: diffusers.VQModel.
    """

    reconstruction: Tensor
    indices: Tensor
    loss: Tensor
    perplexity: Tensor


class VQVAE(nn.Module):
    r"""An autoencoder whose code is a table of entries of a codebook.

    Minimized is $\lVert x - g(e)\rVert^2$ and what the quantizer adds. The prior of codes is
    uniform while this trains, so its divergence, $\log K$ nats a position, is constant: left out.

    Args:
        encoder: maps examples to vectors along axis 1: (b, d) or maps (b, d, h, w).
        decoder: maps the same shape back to examples.
        quantizer: of vectors with d entries.

    Raises:
        ValueError: a decoder's output of another shape than the examples.

    Equation: :eq:`eq-vq-loss`
    Section: :ref:`sec-vector-quantization`
    Source: van den Oord, Vinyals, Kavukcuoglu (2017), Neural discrete representation learning,
        arXiv:1711.00937.

    Example:
        >>> encoder, decoder = nn.Conv2d(1, 4, 4, 4), nn.ConvTranspose2d(4, 1, 4, 4)
        >>> model = VQVAE(encoder, decoder, VectorQuantizer(16, 4))
        >>> model.encode(torch.zeros(3, 1, 8, 8)).shape
        torch.Size([3, 2, 2])

    In production: diffusers.VQModel.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, quantizer: VectorQuantizer) -> None:
        super().__init__()
        self.encoder, self.decoder, self.quantizer = encoder, decoder, quantizer

    def vectors(self, x: Float[Tensor, "b ..."]) -> Float[Tensor, "b *positions d"]:
        """The encoder's vectors before they are quantized, along the last axis."""
        z: Tensor = self.encoder(x)
        return z.movedim(1, -1)

    def encode(self, x: Float[Tensor, "b ..."]) -> Int[Tensor, "b ..."]:
        """The discrete code of each example."""
        return self.quantizer.nearest(self.vectors(x))

    def decode(self, indices: Int[Tensor, "b ..."]) -> Tensor:
        """Examples from discrete codes."""
        out: Tensor = self.decoder(self.quantizer.codebook[indices].movedim(-1, 1))
        return out

    def forward(self, x: Float[Tensor, "b ..."]) -> VQOutput:
        """Encode, quantize, decode, and compare."""
        codes, indices, loss, perplexity = self.quantizer(self.vectors(x))
        reconstruction = self.decoder(codes.movedim(-1, 1))
        if reconstruction.shape != x.shape:
            raise ValueError(f"the decoder made {tuple(reconstruction.shape)} of {tuple(x.shape)}")
        loss = loss + _mean_square_distance(x, reconstruction)
        return VQOutput(reconstruction, indices, loss, perplexity)
