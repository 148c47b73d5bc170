"""LeNet-5: as it is rebuilt today, and as it was in 1998."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import require_choice, require_images

ACTIVATIONS = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU}
POOLING = {"avg": nn.AvgPool2d, "max": nn.MaxPool2d}

C3_CONNECTIONS = (
    *((i, (i + 1) % 6, (i + 2) % 6) for i in range(6)),
    *(tuple((i + j) % 6 for j in range(4)) for i in range(6)),
    (0, 1, 3, 4),
    (1, 2, 4, 5),
    (0, 2, 3, 5),
    tuple(range(6)),
)
"""Which of the six maps S2 each of the sixteen maps C3 of 1998 sees (table I of the paper).

Section: :ref:`sec-lenet`.
"""

_GLYPHS = (
    "0E11131519110E", "040C040404040E", "0E11010204081F", "1F02040201110E", "02060A121F0202",
    "1F101E0101110E", "0608101E11110E", "1F010204080808", "0E11110E11110E", "0E11110F01020C",
)  # fmt: skip


class LeNet5(nn.Sequential):
    """The convolutional network that read digits, with the softmax output of today's versions.

    Two convolutions with pooling, then three dense layers: 6@5x5, 16@5x5, 120, 84, classes. Built
    of torch.nn's layers. `LeNet5Original` has the details of 1998.

    Args:
        num_classes: outputs.
        in_channels: channels of the images.
        padding: of the first convolution: 2 for images of 28 x 28, 0 for 32 x 32.
        activation: "tanh", "sigmoid" or "relu".
        pooling: "avg" or "max".

    Raises:
        ValueError: an unknown activation or pooling; in `forward`, images of another size.

    Section: :ref:`sec-lenet`.

    Source: LeCun, Bottou, Bengio, Haffner (1998), Gradient-based learning applied to document
    recognition, doi:10.1109/5.726791.

    Example:
        >>> model = LeNet5()
        >>> model(torch.zeros(2, 1, 28, 28)).shape, sum(p.numel() for p in model.parameters())
        (torch.Size([2, 10]), 61706)

    In production: a dozen lines of torch.nn, as here.
    """

    def __init__(
        self,
        num_classes: int = 10,
        *,
        in_channels: int = 1,
        padding: int = 2,
        activation: str = "tanh",
        pooling: str = "avg",
    ) -> None:
        require_choice("activation", activation, tuple(ACTIVATIONS))
        require_choice("pooling", pooling, tuple(POOLING))
        act, pool = ACTIVATIONS[activation], POOLING[pooling]
        super().__init__(
            nn.Conv2d(in_channels, 6, 5, padding=padding),
            act(),
            pool(2),
            nn.Conv2d(6, 16, 5),
            act(),
            pool(2),
            nn.Flatten(),
            nn.Linear(400, 120),
            act(),
            nn.Linear(120, 84),
            act(),
            nn.Linear(84, num_classes),
        )
        self.in_channels, self.side = in_channels, 32 - 2 * padding

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        """The logits of the classes."""
        require_images(x, self.in_channels)
        if x.shape[2:] != (self.side, self.side):
            raise ValueError(
                f"LeNet-5 with this padding reads images of {self.side} x {self.side} pixels, got "
                f"{x.shape[2]} x {x.shape[3]}"
            )
        return super().forward(x)


class _ScaledTanh(nn.Module):
    """1.7159 tanh(2 z / 3), which maps 1 to 1 and -1 to -1."""

    def forward(self, z: Tensor) -> Tensor:
        return 1.7159 * torch.tanh(2 / 3 * z)


class _Subsampling(nn.Module):
    """The mean of 2 x 2 pixels, times a weight, plus a bias: two numbers learned per map."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        pooled = nn.functional.avg_pool2d(x, 2)
        return self.weight[:, None, None] * pooled + self.bias[:, None, None]


class _PartialConvolution(nn.Module):
    """A convolution in which each output map sees only some of the input maps."""

    def __init__(self, connections: tuple[tuple[int, ...], ...], kernel_size: int) -> None:
        super().__init__()
        self.connections = [list(maps) for maps in connections]
        self.maps = nn.ModuleList(nn.Conv2d(len(maps), 1, kernel_size) for maps in connections)

    def forward(self, x: Tensor) -> Tensor:
        seen = zip(self.maps, self.connections, strict=True)
        return torch.cat([convolve(x[:, maps]) for convolve, maps in seen], dim=1)


def _digit_codes() -> Tensor:
    """Pictures of the ten digits in 12 x 7 pixels of -1 and 1, one a row of 84."""
    rows = [[int(glyph[i : i + 2], 16) for i in range(0, 14, 2)] for glyph in _GLYPHS]
    bits = torch.tensor([[[row >> (4 - j) & 1 for j in range(5)] for row in g] for g in rows])
    return (2 * nn.functional.pad(bits, (1, 1, 2, 3)) - 1).reshape(10, 84).float()


class LeNet5Original(nn.Module):
    """LeNet-5 with the details of 1998, which today's versions leave out.

    Scaled tanh; pooling with a learned weight and bias; a second convolution whose maps see only
    some of the first's (`C3_CONNECTIONS`); an output that measures squared distances to fixed
    pictures of the classes instead of a softmax. Built of torch.nn's layers; 60,000 numbers are
    learned.

    Args:
        codes: the classes' pictures, -1 and 1, shape (k, 84); by default drawn digits, since the
            paper prints its own only as an image.

    Raises:
        ValueError: codes that are not 84 numbers a class; in `forward`, images that are not
            32 x 32.

    Section: :ref:`sec-lenet`.

    Source: LeCun, Bottou, Bengio, Haffner (1998), Gradient-based learning applied to document
    recognition, doi:10.1109/5.726791, section II-B.

    Example:
        >>> model = LeNet5Original()
        >>> model(torch.zeros(2, 1, 32, 32)).shape, sum(p.numel() for p in model.parameters())
        (torch.Size([2, 10]), 60000)

    In production: `LeNet5`; nobody uses these details any more.
    """

    codes: Tensor

    def __init__(self, codes: Float[Tensor, "k 84"] | None = None) -> None:
        super().__init__()
        codes = _digit_codes() if codes is None else codes
        if codes.ndim != 2 or codes.shape[1] != 84:
            raise ValueError(f"codes must have shape (k, 84), got {tuple(codes.shape)}")
        self.register_buffer("codes", codes)
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5),
            _ScaledTanh(),
            _Subsampling(6),
            _ScaledTanh(),
            _PartialConvolution(C3_CONNECTIONS, 5),
            _ScaledTanh(),
            _Subsampling(16),
            _ScaledTanh(),
            nn.Conv2d(16, 120, 5),
            _ScaledTanh(),
            nn.Flatten(),
            nn.Linear(120, 84),
            _ScaledTanh(),
        )

    def forward(self, x: Float[Tensor, "b 1 h w"]) -> Float[Tensor, "b k"]:
        """The squared distances to the classes' codes: the smallest wins."""
        require_images(x, 1)
        if x.shape[2:] != (32, 32):
            raise ValueError(f"expected images of 32 x 32 pixels, got {x.shape[2]} x {x.shape[3]}")
        return (self.features(x)[:, None, :] - self.codes).square().sum(dim=2)
