"""Training on blends of two examples: of the inputs, of rectangles, of hidden activations."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.nn.functional import one_hot

from dlcore.probability import Beta
from dlcore.regularization.draws import integers_below, permutation
from dlcore.regularization.erasing import inside_box
from dlcore.regularization.image_geometry import require_images


class Mixed(NamedTuple):
    r"""A batch of blends.

    Attributes:
        x: the blends, shape (n, ...).
        y: targets of the examples themselves, shape (n, ...).
        y_partner: targets of those they were blended with.
        weight: the share $\lambda$ of the examples themselves, one number for the batch.
    """

    x: Tensor
    y: Tensor
    y_partner: Tensor
    weight: float

    def soft_targets(self, classes: int) -> Float[Tensor, "n k"]:
        r"""The blend of one-hot labels, $\lambda y_i + (1 - \lambda) y_j$, shape (n, classes)."""
        own, partner = one_hot(self.y, classes), one_hot(self.y_partner, classes)
        return self.weight * own + (1 - self.weight) * partner


def mixup(
    x: Float[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
    alpha: float = 0.2,
    *,
    generator: torch.Generator | None = None,
) -> Mixed:
    r"""Each example blended with another of its batch, $\lambda x_i + (1 - \lambda) x_j$.

    One $\lambda$ from Beta($\alpha, \alpha$) and one permutation serve the whole batch.

    Args:
        x: inputs, shape (n, ...).
        y: targets, shape (n, ...): class labels or anything else with one row for each example.
        alpha: positive; small ones give blends near one of the two examples.
        generator: source of the draws; by default torch's global one.

    Returns:
        The blends with both targets; `mixup_loss` takes them.

    Raises:
        ValueError: alpha is not positive, there are no examples, or x and y differ in number.
        TypeError: x is no floating-point tensor.

    Equations: :eq:`eq-mixup-input`, :eq:`eq-mixup-target`
    Section: :ref:`sec-mixup`
    Source: Zhang, Cisse, Dauphin, Lopez-Paz (2018), mixup: beyond empirical risk minimization,
        arXiv:1710.09412.

    Example:
        >>> mixed = mixup(torch.eye(3), torch.arange(3), generator=torch.Generator().manual_seed(0))
        >>> bool(torch.allclose(mixed.x, mixed.soft_targets(3)))
        True

    In production: torchvision.transforms.v2.MixUp.
    """
    _require_pairs("mixup", x, y)
    weight, partner = _draw("mixup", x, alpha, generator)
    return Mixed(weight * x + (1 - weight) * x[partner], y, y[partner], weight)


def mixup_loss(loss: Callable[[Any, Tensor], Tensor], outputs: Any, mixed: Mixed) -> Tensor:
    r"""The loss on both targets, $\lambda\mathcal L(y_i) + (1 - \lambda)\mathcal L(y_j)$.

    For the cross-entropy it is exactly that of the blended targets.

    Args:
        loss: maps outputs and targets to their mean loss.
        outputs: the model's, for the blends.
        mixed: what `mixup`, `cutmix` or `manifold_mixup` gave.

    Returns:
        The loss.

    Equation: :eq:`eq-mixup-target`
    Section: :ref:`sec-mixup`
    Source: Zhang, Cisse, Dauphin, Lopez-Paz (2018), mixup: beyond empirical risk minimization,
        arXiv:1710.09412.

    Example:
        >>> mixed = Mixed(torch.zeros(1), torch.tensor([1.0]), torch.tensor([3.0]), weight=0.75)
        >>> mixup_loss(torch.nn.functional.l1_loss, torch.tensor([0.0]), mixed)
        tensor(1.5000)

    In production: torch.nn.functional.cross_entropy with the blended probabilities.
    """
    own, partner = loss(outputs, mixed.y), loss(outputs, mixed.y_partner)
    return mixed.weight * own + (1 - mixed.weight) * partner


def cutmix(
    x: Float[Tensor, "n c h w"],
    y: Shaped[Tensor, "n ..."],
    alpha: float = 1.0,
    *,
    generator: torch.Generator | None = None,
) -> Mixed:
    r"""A rectangle of each image replaced by the same rectangle of another of its batch.

    Its share of the area is $1 - \lambda$ with $\lambda$ from Beta($\alpha, \alpha$), its centre is
    any pixel; one rectangle and one permutation serve the whole batch.

    Args:
        x: images, shape (n, c, h, w).
        y: targets, shape (n, ...).
        alpha: positive.
        generator: source of the draws; by default torch's global one.

    Returns:
        The blends with both targets; the weight is the share of the pixels that stayed, counted
        after the rectangle is cut off at the borders.

    Raises:
        ValueError: alpha is not positive, there are no images, x and y differ in number, or other
            shapes.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-cutmix`
    Section: :ref:`sec-mixup`
    Source: Yun et al. (2019), CutMix: regularization strategy to train strong classifiers with
        localizable features, arXiv:1905.04899.

    Example:
        >>> x, y = torch.stack([torch.zeros(1, 4, 4), torch.ones(1, 4, 4)]), torch.arange(2)
        >>> cutmix(x, y, generator=torch.Generator().manual_seed(0)).x.shape
        torch.Size([2, 1, 4, 4])

    In production: torchvision.transforms.v2.CutMix.
    """
    require_images("cutmix", x)
    _require_pairs("cutmix", x, y)
    share, partner = _draw("cutmix", x, alpha, generator)
    side = (1 - share) ** 0.5
    h, w = x.shape[-2:]
    height, width = int(h * side), int(w * side)
    centre = integers_below(torch.tensor([[h], [w]], device=x.device), generator)
    replaced = inside_box(x, centre[0] - height // 2, centre[1] - width // 2, height, width)
    weight = 1 - replaced.double().mean().item()
    return Mixed(torch.where(replaced, x[partner], x), y, y[partner], weight)


def manifold_mixup(
    stages: Iterable[Callable[[Tensor], Tensor]],
    x: Float[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
    alpha: float = 2.0,
    *,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Mixed]:
    """Mixup of the inputs of a stage that is drawn anew for each batch; the first: plain mixup.

    Args:
        stages: the parts of a model in order, for example an `nn.Sequential`.
        x: inputs, shape (n, ...).
        y: targets, shape (n, ...).
        alpha: positive.
        generator: source of the draws; by default torch's global one.

    Returns:
        The outputs of the last stage, and the blends that went into the drawn one.

    Raises:
        ValueError: no stages, alpha is not positive, no examples, or x and y differ in number.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-mixup-input`
    Section: :ref:`sec-mixup`
    Source: Verma et al. (2019), Manifold mixup: better representations by interpolating hidden
        states, arXiv:1806.05236.

    Example:
        >>> model = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.Linear(5, 3))
        >>> outputs, mixed = manifold_mixup(model, torch.rand(4, 2), torch.tensor([0, 1, 2, 0]))
        >>> mixup_loss(torch.nn.functional.cross_entropy, outputs, mixed).shape
        torch.Size([])

    In production: the authors' code, github.com/vikasverma1077/manifold_mixup.
    """
    stages = list(stages)
    if not stages:
        raise ValueError("manifold_mixup needs at least one stage")
    chosen = int(integers_below(torch.tensor([len(stages)]), generator))
    for stage in stages[:chosen]:
        x = stage(x)
    mixed = mixup(x, y, alpha, generator=generator)
    outputs = mixed.x
    for stage in stages[chosen:]:
        outputs = stage(outputs)
    return outputs, mixed


def _draw(
    name: str, x: Tensor, alpha: float, generator: torch.Generator | None
) -> tuple[float, Tensor]:
    """The weight of a batch, and the partner of each of its examples."""
    if not alpha > 0:
        raise ValueError(f"{name}: alpha must be positive, got {alpha}")
    where = generator.device if generator else None
    concentration = torch.tensor(alpha, dtype=torch.float64, device=where)
    weight = Beta(concentration, concentration).sample(generator=generator).item()
    return weight, permutation(x, generator)


def _require_pairs(name: str, x: Tensor, y: Tensor) -> None:
    if not x.is_floating_point():
        raise TypeError(f"{name} blends floating-point inputs, got {x.dtype}")
    if len(x) == 0 or len(x) != len(y):
        raise ValueError(f"{name} needs examples with one target each, got {len(x)} and {len(y)}")
