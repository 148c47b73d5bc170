"""Explorable: nine weights slide over an image, and every sum of products becomes a pixel."""

import torch
from jaxtyping import Float, Float64
from torch import Tensor
from torch.nn.functional import interpolate

from dlcore.data import load_photograph
from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_known, require_within
from dlcore.nn import conv2d

SCRIPTS = ("drag", "kernel_over_image")
SIDE, SMALLEST, LARGEST, HEIGHT, ENLARGED = 40, 5, 48, 330, 240
KERNELS = {
    "vertical edges": (-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0),
    "horizontal edges": (-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0),
    "Laplace": (0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0),
    "blur": (1 / 9,) * 9,
    "sharpen": (0.0, -1.0, 0.0, -1.0, 5.0, -1.0, 0.0, -1.0, 0.0),
    "identity": (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0),
}
STRIDES, PADDINGS = (1, 2, 3), (0, 1, 2)
QUESTION = (
    "A layer slides nine weights over an image. What does a kernel make of one single white pixel, "
    "and where must a 1 stand, between eight zeros, to move the image by a pixel to the right?"
)
PREDICTION = (
    "The kernel appears where the pixel was, just as it is written; and the 1 stands right of the "
    "middle."
)
FINDING = (
    "The kernel appears turned by 180 degrees: the output below and right of the white pixel has "
    "it in its upper left corner and takes that weight. For the same reason a 1 to the left of "
    "the middle moves the image to the right: every output becomes what stood to its left. Weights "
    "that add up to 1, as for blur and sharpen, leave even areas as they are; weights that add up "
    "to 0 see only changes. Without padding 40 by 40 pixels become 38 by 38, with one ring of "
    "zeros they stay 40 by 40, but at the rim blur mixes in black and an edge filter finds an edge "
    "that is not there. With stride 2 and no padding 19 by 19 are left."
)


def camera_detail() -> Float64[Tensor, "h w"]:
    """The photograph shown by default: the cameraman's head and camera, 40 by 40 pixels."""
    pixels = load_photograph("camera").pixels[None, :, 60:340, 120:400].double()
    return (255 * interpolate(pixels, size=(SIDE, SIDE), mode="area")[0, 0]).round() / 255


def white_pixel() -> Float64[Tensor, "h w"]:
    """Black, but for the pixel in the middle of 11 by 11."""
    image = torch.zeros(11, 11, dtype=torch.float64)
    image[5, 5] = 1
    return image


def shown_as(
    output: Float64[Tensor, "h w"], kernel: Float64[Tensor, "3 3"]
) -> Float64[Tensor, "h w"]:
    """Grey values in [0, 1]: where weights add up to about 0, middle grey is 0."""
    if kernel.sum().abs() >= 0.5:
        return output.clamp(0, 1)
    most = output.abs().max()
    return 0.5 + output / (2 * most if most > 0 else 1)


def _described(image: Float64[Tensor, "h w"]) -> dict[str, object]:
    h, w = image.shape
    return {"h": h, "w": w, "hex": bytes((255 * image).round().flatten().int().tolist()).hex()}


def _picture(title: str, image: Float64[Tensor, "h w"]) -> Panel:
    times = max(1, ENLARGED // max(image.shape))
    pixels = image.numpy().repeat(times, axis=0).repeat(times, axis=1)
    return Panel(title, (0, 1), (0, 1), height=HEIGHT, frame=False).image("image", pixels)


def _frame(panel: Panel, shape: tuple[int, ...], box: tuple[int, int, int, int]) -> str:
    """The outline of rows and columns of an image: box is (top, left, height, width)."""
    h, w = shape
    scale = min((panel.X(1) - panel.X(0)) / w, (panel.Y(0) - panel.Y(1)) / h)
    x = (panel.X(0) + panel.X(1) - w * scale) / 2 + box[1] * scale
    y = (panel.Y(0) + panel.Y(1) - h * scale) / 2 + box[0] * scale
    right, down = box[3] * scale, box[2] * scale
    return f"M{x:.1f},{y:.1f}h{right:.1f}v{down:.1f}h{-right:.1f}z"


def _number(v: float) -> str:
    return f"{round(v, 2) + 0:g}".replace("-", "−")


def _products(values: list[float], weights: list[float]) -> Panel:
    total = sum(v * k for v, k in zip(values, weights, strict=True))
    panel = Panel(
        f"Pixel × weight, added up: {_number(total)}", (0, 3), (0, 3), height=HEIGHT, frame=False
    )
    lines = "".join(
        f"M{panel.X(0)},{panel.Y(v):.1f}H{panel.X(3)}M{panel.X(v):.1f},{panel.Y(0)}V{panel.Y(3)}"
        for v in range(4)
    )
    panel.path("grid", lines, "gray", width=1)
    for n, (v, k) in enumerate(zip(values, weights, strict=True)):
        x, y = n % 3 + 0.5, 2.5 - n // 3
        panel.label(f"factors{n}", x, y + 0.13, f"{_number(v)} × {_number(k)}", "black")
        panel.label(f"product{n}", x, y - 0.15, _number(v * k), "red" if v * k < 0 else "blue")
    return panel


def kernel_over_image(
    kernel: str = "vertical edges",
    image: Float[Tensor, "h w"] | None = None,
    stride: int = 1,
    padding: int = 0,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """A 3 by 3 kernel at work on an image, place by place; its weights can be changed.

    The page computes the cross-correlation itself. Where the weights add up to about 0, the output
    is shown with grey for 0; otherwise black is 0, white 1, and what lies beyond is cut off.

    Args:
        kernel: the weights shown first: "vertical edges", "horizontal edges" (Sobel), "Laplace",
            "blur", "sharpen", or "identity".
        image: grey, values in [0, 1], 5 to 48 pixels a side; by default a photograph of 40 by 40
            pixels. The reader may change to a single white pixel.
        stride: shown first: 1, 2 or 3.
        padding: rings of zeros shown first: 0, 1 or 2.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: no such kernel or image, a stride or padding out of range.
        ImportError: no image is given and scikit-image is not installed.

    Equation: :eq:`eq-cross-correlation`
    Section: :ref:`sec-convolution`

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1.

    Example:
        >>> kernel_over_image("blur", torch.zeros(8, 8)).state["kernel"]
        'blur'

    In production: scipy.signal.correlate2d, torch.nn.functional.conv2d.
    """
    require_known(KERNELS, kernel=kernel)
    require_within(STRIDES[0], STRIDES[-1], stride=stride)
    require_within(PADDINGS[0], PADDINGS[-1], padding=padding)
    A = camera_detail() if image is None else torch.as_tensor(image).detach().double().cpu()
    if A.ndim != 2 or not all(SMALLEST <= side <= LARGEST for side in A.shape):
        raise ValueError(
            f"image must be {SMALLEST} to {LARGEST} pixels a side, got shape {tuple(A.shape)}"
        )
    if not (A.min() >= 0 and A.max() <= 1):
        raise ValueError("an image has values between 0 and 1")
    K = torch.tensor(KERNELS[kernel], dtype=torch.float64).view(3, 3)
    padded = torch.nn.functional.pad(A, (padding,) * 4)
    output = conv2d(A[None, None], K[None, None], stride=stride, padding=padding)[0, 0]
    h, w = output.shape
    row, column = h // 2, w // 2
    top, left = row * stride, column * stride
    window = padded[top : top + 3, left : left + 3]

    before = _picture("The image and the window", padded)
    before.path("rim", _frame(before, padded.shape, (padding, padding, *A.shape)), "gray", width=1)
    before.path("window", _frame(before, padded.shape, (top, left, 3, 3)), "gold", width=3)
    zero = ", grey is 0" if K.sum().abs() < 0.5 else ""
    after = _picture(f"Output, {h} × {w}{zero}", shown_as(output, K))
    after.path("place", _frame(after, output.shape, (row, column, 1, 1)), "gold", width=3)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"First, an image of {A.shape[0]} by {A.shape[1]} pixels with a window of 3 by 3; next, "
        f"its nine pixels times the weights of the kernel {kernel}, which add up to "
        f"{float(output[row, column]):.2f}; last, the output of {h} by {w} pixels, in which this "
        "sum is marked.",
        [before, _products(window.flatten().tolist(), K.flatten().tolist()), after],
        {
            "images": {"image": _described(A), "pixel": _described(white_pixel())},
            "kernels": KERNELS,
            "kernel": kernel,
            "strides": STRIDES,
            "paddings": PADDINGS,
            "stride": stride,
            "padding": padding,
        },
    )
