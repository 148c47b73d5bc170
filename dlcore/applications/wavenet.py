"""Speech made sample by sample: eight bits that ears accept, convolutions that see the past."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F


def mu_law_compress(x: Float[Tensor, "*shape"], mu: float = 255.0) -> Float[Tensor, "*shape"]:
    r"""Loudness as heard: $\operatorname{sign}(x) \log(1 + \mu \lvert x \rvert) / \log(1 + \mu)$.

    Args:
        x: samples between -1 and 1.
        mu: how much quiet samples are spread, positive.

    Returns:
        Values between -1 and 1.

    Raises:
        ValueError: samples beyond 1, or a mu that is not positive.

    Equation: :eq:`eq-mu-law`.
    Section: :ref:`sec-speech-synthesis`.

    Source: ITU-T (1988), Recommendation G.711: Pulse code modulation of voice frequencies.

    Example:
        >>> round(float(mu_law_compress(torch.tensor(0.01))), 4)
        0.2285

    In production: torchaudio.functional.mu_law_encoding does it inside.
    """
    if mu <= 0 or (x.numel() and float(x.abs().max()) > 1):
        raise ValueError(f"expected samples in [-1, 1] and mu > 0, got mu = {mu}")
    mu_ = torch.tensor(mu, dtype=x.dtype, device=x.device)
    return x.sign() * torch.log1p(mu_ * x.abs()) / torch.log1p(mu_)


def mu_law_encode(x: Float[Tensor, "*shape"], classes: int = 256) -> Int[Tensor, "*shape"]:
    """Samples as a few codes, finer where they are quiet.

    Args:
        x: samples between -1 and 1.
        classes: number of codes.

    Returns:
        Codes 0..classes - 1 of the same shape.

    Raises:
        ValueError: samples beyond 1, or fewer than 2 codes.

    Equation: :eq:`eq-mu-law`.
    Section: :ref:`sec-speech-synthesis`.

    Source: ITU-T (1988), Recommendation G.711: Pulse code modulation of voice frequencies.

    Example:
        >>> mu_law_encode(torch.tensor([-1.0, 0.0, 0.01, 1.0]))
        tensor([  0, 128, 157, 255])

    In production: torchaudio.functional.mu_law_encoding.
    """
    if classes < 2:
        raise ValueError(f"at least 2 codes are needed, got {classes}")
    squeezed = mu_law_compress(x, classes - 1)
    return ((squeezed + 1) / 2 * (classes - 1) + 0.5).to(torch.int64)


def mu_law_decode(codes: Int[Tensor, "*shape"], classes: int = 256) -> Float[Tensor, "*shape"]:
    """The sample that a code stands for.

    Args:
        codes: 0..classes - 1.
        classes: number of codes.

    Returns:
        Samples between -1 and 1, of torch's default type.

    Raises:
        ValueError: codes out of range, or fewer than 2.

    Equation: :eq:`eq-mu-law`.
    Section: :ref:`sec-speech-synthesis`.

    Source: ITU-T (1988), Recommendation G.711: Pulse code modulation of voice frequencies.

    Example:
        >>> mu_law_decode(torch.tensor([0, 157, 255])).round(decimals=4)
        tensor([-1.0000,  0.0102,  1.0000])

    In production: torchaudio.functional.mu_law_decoding.
    """
    wrong = codes.numel() and not 0 <= int(codes.min()) <= int(codes.max()) < classes
    if classes < 2 or wrong:
        raise ValueError(f"expected codes in 0..{classes - 1}, at least 2 of them")
    squeezed = codes.to(torch.get_default_dtype()) / (classes - 1) * 2 - 1
    return squeezed.sign() * ((classes ** squeezed.abs() - 1) / (classes - 1))


class CausalConv1d(nn.Conv1d):
    """A convolution over time whose output at t sees the inputs up to t, none after.

    Args:
        in_channels: features in.
        out_channels: features out.
        kernel_size: number of taps, k.
        dilation: steps between taps, d: the oldest is (k - 1) d steps back.
        bias: whether there is one.

    Raises:
        ValueError: as torch.nn.Conv1d.

    Equation: :eq:`eq-dilated-causal-convolution`.
    Section: :ref:`sec-speech-synthesis`.

    Source: van den Oord et al. (2016), WaveNet: a generative model for raw audio,
        arXiv:1609.03499.

    Example:
        >>> CausalConv1d(1, 5, kernel_size=3, dilation=4)(torch.zeros(2, 1, 50)).shape
        torch.Size([2, 5, 50])

    In production: torch.nn.Conv1d after torch.nn.functional.pad.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        dilation: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation, bias=bias)

    def forward(self, x: Float[Tensor, "n c t"]) -> Float[Tensor, "n out t"]:
        """As many steps as came in: zeros stand before the first."""
        reach = (self.kernel_size[0] - 1) * self.dilation[0]
        return super().forward(F.pad(x, (reach, 0)))


class WaveNetBlock(nn.Module):
    r"""A layer of WaveNet: $\tanh(W_f * x) \odot \sigma(W_g * x)$, added to x and sent to the top.

    Args:
        channels: features of the stream that passes through.
        skip_channels: features of what goes to the top.
        kernel_size: taps of the causal convolutions.
        dilation: steps between taps.

    Attributes:
        filter: the convolution inside the tanh.
        gate: the one inside the sigmoid.
        residual: back to the stream, one tap.
        skip: to the top, one tap.

    Equation: :eq:`eq-dilated-causal-convolution`.
    Section: :ref:`sec-speech-synthesis`.

    Source: van den Oord et al. (2016), WaveNet: a generative model for raw audio,
        arXiv:1609.03499.

    Example:
        >>> stream, skip = WaveNetBlock(8, 16, dilation=4)(torch.zeros(2, 8, 50))
        >>> stream.shape, skip.shape
        (torch.Size([2, 8, 50]), torch.Size([2, 16, 50]))

    In production: this; vocoders today are mostly HiFi-GAN or diffusion.
    """

    def __init__(
        self, channels: int, skip_channels: int, kernel_size: int = 2, dilation: int = 1
    ) -> None:
        super().__init__()
        self.filter = CausalConv1d(channels, channels, kernel_size, dilation)
        self.gate = CausalConv1d(channels, channels, kernel_size, dilation)
        self.residual = nn.Conv1d(channels, channels, 1)
        self.skip = nn.Conv1d(channels, skip_channels, 1)

    def forward(
        self, x: Float[Tensor, "n c t"]
    ) -> tuple[Float[Tensor, "n c t"], Float[Tensor, "n s t"]]:
        """The stream for the next block, and what goes to the top."""
        gated = self.filter(x).tanh() * self.gate(x).sigmoid()
        return x + self.residual(gated), self.skip(gated)


class WaveNet(nn.Module):
    """A distribution of the next sample given those before, for all positions at once.

    Args:
        classes: number of codes a sample can have, see `mu_law_encode`.
        channels: features of the stream.
        skip_channels: features of the sum of what the blocks send up.
        kernel_size: taps of each causal convolution.
        dilations: of the blocks from bottom to top; doubled from block to block, the reach doubles.

    Attributes:
        embedding: codes as vectors.
        blocks: a `WaveNetBlock` for each dilation.
        head: logits from the sum of the skips.
        receptive_field: how many codes a prediction sees, 1 + (k - 1) times the sum of dilations.

    Raises:
        ValueError: no block.

    Equation: :eq:`eq-dilated-causal-convolution`.
    Section: :ref:`sec-speech-synthesis`.

    Source: van den Oord et al. (2016), WaveNet: a generative model for raw audio,
        arXiv:1609.03499.

    Example:
        >>> model = WaveNet(dilations=[2**i for i in range(10)])
        >>> model.receptive_field, model(torch.zeros(1, 30, dtype=torch.int64)).shape
        (1024, torch.Size([1, 256, 30]))

    In production: this; vocoders today are mostly HiFi-GAN or diffusion.
    """

    def __init__(
        self,
        classes: int = 256,
        channels: int = 32,
        skip_channels: int = 32,
        kernel_size: int = 2,
        dilations: Sequence[int] = (1, 2, 4, 8, 16, 32, 64, 128),
    ) -> None:
        super().__init__()
        if not dilations:
            raise ValueError("at least one block is needed, got no dilations")
        self.embedding = nn.Embedding(classes, channels)
        self.blocks = nn.ModuleList(
            WaveNetBlock(channels, skip_channels, kernel_size, d) for d in dilations
        )
        self.head = nn.Sequential(
            nn.ReLU(),
            nn.Conv1d(skip_channels, skip_channels, 1),
            nn.ReLU(),
            nn.Conv1d(skip_channels, classes, 1),
        )
        self.receptive_field = 1 + (kernel_size - 1) * sum(dilations)

    def forward(self, codes: Int[Tensor, "n t"]) -> Float[Tensor, "n k t"]:
        """Logits of the code after each one, shape (n, classes, t), for cross_entropy."""
        x, total = self.embedding(codes).mT, 0
        for block in self.blocks:
            x, skip = block(x)
            total = total + skip
        return self.head(total)

    @torch.no_grad()
    def generate(
        self, codes: Int[Tensor, "n t"], steps: int, *, generator: torch.Generator | None = None
    ) -> Int[Tensor, "n longer"]:
        """So many more codes drawn one by one, each from all that its receptive field holds.

        Args:
            codes: the beginning, at least one code, shape (n, t).
            steps: codes to draw.
            generator: source of the random numbers.

        Returns:
            Beginning and continuation, shape (n, t + steps).

        Raises:
            ValueError: no beginning or a negative number of steps.
        """
        if codes.shape[1] < 1 or steps < 0:
            raise ValueError(f"expected a code and steps >= 0, got {codes.shape[1]} and {steps}")
        source = generator.device if generator else codes.device
        for _ in range(steps):
            probs = self(codes[:, -self.receptive_field :])[:, :, -1].softmax(-1)
            drawn = torch.multinomial(probs.to(source), 1, generator=generator)
            codes = torch.cat([codes, drawn.to(codes.device)], 1)
        return codes
