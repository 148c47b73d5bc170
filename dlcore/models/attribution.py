"""What a network sees: its maps, and the pixels that its decision hangs on."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.models.images import require_positive
from dlcore.training import predict
from dlcore.training.loop import in_mode


def _layer(model: nn.Module, name: str) -> nn.Module:
    layers = dict(model.named_modules())
    if name not in layers:
        raise ValueError(
            f"the model has no layer {name!r}; it has {', '.join(filter(None, layers))}"
        )
    return layers[name]


def _chosen(outputs: Tensor, classes: Int[Tensor, " b"] | int | None) -> Tensor:
    """One class for each image: the given one, or the predicted one."""
    if outputs.ndim != 2:
        raise ValueError(f"the model must give scores (b, k), got {tuple(outputs.shape)}")
    if classes is None:
        return outputs.argmax(dim=1)
    if isinstance(classes, int):
        classes = torch.full((len(outputs),), classes, device=outputs.device)
    if classes.shape != outputs.shape[:1]:
        raise ValueError(f"{len(outputs)} classes are needed, got shape {tuple(classes.shape)}")
    if bool(((classes < 0) | (classes >= outputs.shape[1])).any()):
        raise ValueError(f"classes must lie between 0 and {outputs.shape[1] - 1}")
    return classes.long()


def _scores(outputs: Tensor, classes: Tensor) -> Tensor:
    return outputs.gather(1, classes[:, None]).squeeze(1)


def capture_activations(
    model: nn.Module, X: Float[Tensor, "b ..."], layers: Sequence[str] | None = None
) -> dict[str, Tensor]:
    """What layers of a model put out for a batch, in evaluation mode and without gradients.

    Args:
        model: maps a batch of inputs to outputs.
        X: inputs, shape (b, ...).
        layers: names as in `model.named_modules()`; by default all layers without layers of
            their own.

    Returns:
        Outputs by name, in the order in which they were computed; of a layer used twice the last.

    Raises:
        ValueError: there is no layer of this name.

    Section: :ref:`sec-cnn-interpretability`.

    Source: Zeiler, Fergus (2014), Visualizing and understanding convolutional networks,
    arXiv:1311.2901.

    Example:
        >>> model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU())
        >>> maps = capture_activations(model, torch.ones(2, 1, 5, 5))
        >>> list(maps), maps["1"].shape
        (['0', '1'], torch.Size([2, 3, 3, 3]))

    In production: torchvision.models.feature_extraction.create_feature_extractor.
    """
    if layers is None:
        leaves = [n for n, layer in model.named_modules() if next(layer.children(), None) is None]
        chosen = {name: _layer(model, name) for name in leaves}
    else:
        chosen = {name: _layer(model, name) for name in layers}
    seen: dict[str, Tensor] = {}

    def hook(name: str) -> Callable:
        def store(_: nn.Module, __: tuple, output: object) -> None:
            if isinstance(output, Tensor):
                seen[name] = output.detach().clone()  # the next layer may work in place

        return store

    handles = [layer.register_forward_hook(hook(name)) for name, layer in chosen.items()]
    try:
        predict(model, X, batch_size=max(1, len(X)))
    finally:
        for handle in handles:
            handle.remove()
    return seen


def saliency(
    model: nn.Module, X: Float[Tensor, "b ..."], classes: Int[Tensor, " b"] | int | None = None
) -> Float[Tensor, "b ..."]:
    """How strongly the score of a class answers to each pixel: the size of the gradient.

    Args:
        model: maps images to scores (b, k); used in evaluation mode.
        X: images, shape (b, c, h, w).
        classes: one for each image, or one for all; by default the predicted ones.

    Returns:
        The absolute derivatives of the scores, shaped like X; `.amax(dim=1)` gives one map per
        image, as in the paper.

    Raises:
        ValueError: scores of another shape, or classes that do not fit.

    Section: :ref:`sec-cnn-interpretability`.

    Source: Simonyan, Vedaldi, Zisserman (2014), Deep inside convolutional networks,
    arXiv:1312.6034.

    Example:
        >>> model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
        >>> S = saliency(model, torch.randn(1, 1, 2, 2), classes=1)
        >>> torch.equal(S.flatten(), model[1].weight[1].abs())
        True

    In production: captum.attr.Saliency.
    """
    x = X.detach().clone().requires_grad_()
    with in_mode(model, training=False), torch.enable_grad():
        outputs = model(x)
        scores = _scores(outputs, _chosen(outputs, classes))
        (gradient,) = torch.autograd.grad(scores.sum(), x)
    return gradient.abs()


def occlusion_map(
    model: nn.Module,
    X: Float[Tensor, "b c h w"],
    classes: Int[Tensor, " b"] | int | None = None,
    *,
    size: int = 3,
    stride: int = 1,
    fill: float = 0.0,
) -> Float[Tensor, "b i j"]:
    """How far the score of a class falls when a patch of the image is covered.

    Args:
        model: maps images to scores (b, k); used in evaluation mode.
        X: images, shape (b, c, h, w).
        classes: one for each image, or one for all; by default the predicted ones.
        size: side of the patch in pixels.
        stride: pixels between two places of the patch.
        fill: what covers the patch, in all channels.

    Returns:
        The score of the whole image less that of the covered one, at each place of the patch's
        upper left corner; shape (b, (h - size) // stride + 1, (w - size) // stride + 1).

    Raises:
        ValueError: a patch larger than the image, scores of another shape, or classes that do not
            fit.

    Section: :ref:`sec-cnn-interpretability`.

    Source: Zeiler, Fergus (2014), Visualizing and understanding convolutional networks,
    arXiv:1311.2901, section 4.2.

    Example:
        >>> model = nn.Sequential(nn.Flatten(), nn.Linear(9, 2))
        >>> occlusion_map(model, torch.ones(1, 1, 3, 3), size=2).shape
        torch.Size([1, 2, 2])

    In production: captum.attr.Occlusion.
    """
    require_positive(size=size, stride=stride)
    if X.ndim != 4 or min(X.shape[2:]) < size:
        raise ValueError(f"expected images of at least {size} x {size} pixels: {tuple(X.shape)}")
    outputs = predict(model, X)
    chosen = _chosen(outputs, classes)
    whole = _scores(outputs, chosen)
    rows = range(0, X.shape[2] - size + 1, stride)
    columns = range(0, X.shape[3] - size + 1, stride)
    falls = X.new_empty(len(X), len(rows), len(columns))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            covered = X.clone()
            covered[:, :, top : top + size, left : left + size] = fill
            falls[:, i, j] = whole - _scores(predict(model, covered), chosen)
    return falls


def activation_maximization(
    model: nn.Module,
    unit: int | Callable[[Tensor], Tensor],
    shape: tuple[int, ...],
    *,
    steps: int = 200,
    lr: float = 0.1,
    l2: float = 0.0,
    smoothness: float = 0.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "..."]:
    """An input that a unit answers to strongly, found by gradient ascent (Adam) from faint noise.

    Args:
        model: maps a batch of inputs to outputs; used in evaluation mode.
        unit: the index of a score of the last layer, or a function from the model's output for
            one input (batch of 1) to a number.
        shape: of the input, without the batch.
        steps: of the ascent.
        lr: the learning rate.
        l2: weight of the penalty on the mean square of the input.
        smoothness: weight of the penalty on the mean square of differences of neighbouring pixels.
        generator: source of the first input; by default torch's global one.

    Returns:
        The input, of the shape asked for.

    Raises:
        ValueError: numbers that are not positive, negative penalties, or no such unit.

    Section: :ref:`sec-cnn-interpretability`.

    Source: Erhan, Bengio, Courville, Vincent (2009), Visualizing higher-layer features of a deep
    network, technical report 1341, Université de Montréal.

    Example:
        >>> model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
        >>> x = activation_maximization(model, 1, (1, 2, 2), steps=20)
        >>> bool(((x.flatten() > 0) == (model[1].weight[1] > 0)).all())
        True

    In production: lucent, captum.optim.
    """
    require_positive(steps=steps, lr=lr)
    if l2 < 0 or smoothness < 0:
        raise ValueError(f"penalties must not be negative, got l2={l2}, smoothness={smoothness}")
    where = next(model.parameters())
    device = generator.device if generator else None
    start = 0.01 * torch.randn(shape, generator=generator, device=device)
    x = start.to(where).requires_grad_()
    optimizer = torch.optim.Adam([x], lr=lr)
    with in_mode(model, training=False), torch.enable_grad():
        for _ in range(steps):
            value = _answer(model(x[None]), unit)
            penalty = l2 * x.square().mean()
            if smoothness:
                penalty = penalty + smoothness * _roughness(x)
            (x.grad,) = torch.autograd.grad(penalty - value, x)
            optimizer.step()
    return x.detach()


def _answer(output: Tensor, unit: int | Callable[[Tensor], Tensor]) -> Tensor:
    if callable(unit):
        return unit(output)
    if not 0 <= unit < output.shape[1]:
        raise ValueError(f"unit must lie between 0 and {output.shape[1] - 1}, got {unit}")
    return output[0, unit].sum()


def _roughness(x: Tensor) -> Tensor:
    """The mean squares of the differences of vertical and horizontal neighbours."""
    if x.ndim < 2:
        raise ValueError(f"smoothness needs pixels in rows and columns, got {tuple(x.shape)}")
    return x.diff(dim=-1).square().mean() + x.diff(dim=-2).square().mean()


def grad_cam(
    model: nn.Module,
    layer: str,
    X: Float[Tensor, "b c h w"],
    classes: Int[Tensor, " b"] | int | None = None,
    *,
    upsample: bool = True,
) -> Float[Tensor, "b i j"]:
    """Where on the image a convolution sees what speaks for a class (Grad-CAM).

    The maps of the layer, each weighted by the mean of the score's gradient over it, are summed;
    what speaks against the class is cut off.

    Args:
        model: maps images to scores (b, k); used in evaluation mode.
        layer: the name of a layer with maps (b, d, i, j), as in `model.named_modules()`.
        X: images, shape (b, c, h, w).
        classes: one for each image, or one for all; by default the predicted ones.
        upsample: to the size of the images, linearly.

    Returns:
        Maps of at least 0, shape (b, h, w), or (b, i, j) without upsampling.

    Raises:
        ValueError: no such layer, a layer without maps, scores of another shape, or classes that
            do not fit.

    Equation: :eq:`eq-grad-cam`.
    Section: :ref:`sec-cnn-interpretability`.

    Source: Selvaraju et al. (2017), Grad-CAM: visual explanations from deep networks via
    gradient-based localization, arXiv:1610.02391.

    Example:
        >>> model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(108, 2))
        >>> grad_cam(model, "1", torch.ones(2, 1, 8, 8)).shape
        torch.Size([2, 8, 8])

    In production: captum.attr.LayerGradCam.
    """
    seen: list[Tensor] = []

    def hook(_: nn.Module, __: tuple, output: Tensor) -> Tensor:
        seen.append(output if output.requires_grad else output.detach().requires_grad_())
        return seen[-1].clone()  # the next layer may work in place

    handle = _layer(model, layer).register_forward_hook(hook)
    try:
        with in_mode(model, training=False), torch.enable_grad():
            outputs = model(X)
            scores = _scores(outputs, _chosen(outputs, classes))
            maps = seen[-1]
            if maps.ndim != 4:
                raise ValueError(f"layer {layer!r} gives no maps, but {tuple(maps.shape)}")
            (gradient,) = torch.autograd.grad(scores.sum(), maps)
    finally:
        handle.remove()
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    heat = torch.relu((weights * maps.detach()).sum(dim=1, keepdim=True))
    if upsample:
        heat = nn.functional.interpolate(heat, X.shape[2:], mode="bilinear", align_corners=False)
    return heat.squeeze(1)
