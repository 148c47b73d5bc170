"""Fully convolutional networks: a classifier made to label every pixel."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.alexnet import AlexNet
from dlcore.models.images import require_images, require_positive
from dlcore.models.vgg import VGG
from dlcore.nn import bilinear_kernel


def fc_to_conv(
    layer: nn.Linear, kernel_size: int | tuple[int, int] = 1, padding: int | str = 0
) -> nn.Conv2d:
    """The convolution that computes what a dense layer computes on flattened maps.

    On maps of the kernel's size the output is one pixel and equal; on larger maps it is the dense
    layer applied at every position.

    Args:
        layer: reads c * h * w numbers, the flattened maps.
        kernel_size: (h, w), or one number for both; 1 for a dense layer behind another one.
        padding: of the convolution; "same" keeps the size of the maps.

    Returns:
        A convolution with a copy of the weights, in another shape.

    Raises:
        ValueError: the layer's inputs are no multiple of the kernel's pixels.

    Section: :ref:`sec-semantic-segmentation`.

    Source: Long, Shelhamer, Darrell (2015), Fully convolutional networks for semantic
    segmentation, arXiv:1411.4038, section 3.1.

    Example:
        >>> fc_to_conv(nn.Linear(4 * 7 * 7, 10), 7)
        Conv2d(4, 10, kernel_size=(7, 7), stride=(1, 1))

    In production: the same reshape by hand.
    """
    h, w = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    require_positive(kernel_height=h, kernel_width=w)
    channels, rest = divmod(layer.in_features, h * w)
    if rest:
        raise ValueError(
            f"a layer with {layer.in_features} inputs cannot read maps of {h} x {w} pixels"
        )
    conv = nn.Conv2d(
        channels, layer.out_features, (h, w), padding=padding, bias=layer.bias is not None
    ).to(layer.weight)
    conv.weight.data.copy_(layer.weight.data.reshape(conv.weight.shape))
    if conv.bias is not None:
        conv.bias.data.copy_(layer.bias.data)
    return conv


def _convolutional_head(
    network: VGG | AlexNet, left_out: int = 0, padding: int | str = 0
) -> nn.Sequential:
    """The dense layers as convolutions, the first as large as the pooled maps, the others 1 x 1."""
    kernel_size = network.avgpool.output_size
    if not isinstance(kernel_size, int):
        raise TypeError(f"the features must be pooled to a square, got {kernel_size}")
    layers: list[nn.Module] = []
    dense = list(network.classifier)
    for layer in dense[: len(dense) - left_out]:
        if isinstance(layer, nn.Linear):
            layers.append(fc_to_conv(layer, kernel_size, padding))
            kernel_size = 1
        else:
            layers.append(layer)
    return nn.Sequential(*layers)


def fully_convolutional(classifier: VGG | AlexNet) -> nn.Sequential:
    """A classifier that gives, on images larger than its own, a map of scores.

    Args:
        classifier: with `features`, pooled to a fixed size, and `classifier`.

    Returns:
        The features (shared with the classifier) and its dense layers as convolutions (copies);
        one position of the output for each place where the original image would fit, one every
        2^p pixels after p poolings.

    Raises:
        TypeError: another kind of network.

    Section: :ref:`sec-semantic-segmentation`.

    Source: Long, Shelhamer, Darrell (2015), Fully convolutional networks for semantic
    segmentation, arXiv:1411.4038, figure 2.

    Example:
        >>> net = fully_convolutional(VGG([(1, 4), (1, 8)], 10, hidden=16, pool_size=2))
        >>> net(torch.zeros(1, 3, 8, 8)).shape, net(torch.zeros(1, 3, 12, 16)).shape
        (torch.Size([1, 10, 1, 1]), torch.Size([1, 10, 2, 3]))

    In production: the same reshape by hand.
    """
    if not isinstance(classifier, (VGG, AlexNet)):
        raise TypeError(f"expected a VGG or an AlexNet, got {type(classifier).__name__}")
    return nn.Sequential(classifier.features, _convolutional_head(classifier))


def _upsampling(channels: int, factor: int) -> nn.Module:
    """A transposed convolution that starts as linear interpolation and is learned on."""
    if factor == 1:
        return nn.Identity()
    kernel = bilinear_kernel(factor)
    layer = nn.ConvTranspose2d(channels, channels, len(kernel), factor, factor // 2, bias=False)
    own = torch.eye(channels)[:, :, None, None]  # every class is interpolated by itself
    layer.weight.data.copy_((own * kernel).to(layer.weight))
    return layer


class FCN(nn.Module):
    """A VGG turned into a network for segmentation: FCN-32s, FCN-16s or FCN-8s.

    The dense layers become convolutions, with their weights; the scores are upsampled by
    transposed convolutions, and on the way those of earlier poolings are added. Built of
    torch.nn's layers; where the paper pads the image by 100 pixels and crops, the converted layer
    is padded to keep its size.

    Args:
        backbone: the classifier, with a dense head or a mean of each map ("gap"); its features
            become part of this network.
        num_classes: scores per pixel.
        stride: of the finest scores in pixels: with five poolings 32 (no earlier pooling), 16
            (one), 8 (two); in general 2^p / 2^j.

    Raises:
        TypeError: the backbone is no `VGG`.
        ValueError: a stride that no pooling has; in `forward`, images with other channels or with
            sides that are no multiple of 2^p.

    Section: :ref:`sec-semantic-segmentation`.

    Source: Long, Shelhamer, Darrell (2015), Fully convolutional networks for semantic
    segmentation, arXiv:1411.4038.

    Example:
        >>> backbone = VGG([(1, 4), (1, 8), (1, 8)], head="gap")
        >>> FCN(backbone, 5, stride=2)(torch.zeros(1, 3, 16, 24)).shape
        torch.Size([1, 5, 16, 24])

    In production: torchvision.models.segmentation.fcn_resnet50.
    """

    def __init__(self, backbone: VGG, num_classes: int, *, stride: int = 32) -> None:
        super().__init__()
        if not isinstance(backbone, VGG):
            raise TypeError(f"the backbone must be a VGG, got {type(backbone).__name__}")
        require_positive(num_classes=num_classes)
        self.in_channels, self.total = backbone.in_channels, backbone.smallest
        strides = [self.total >> j for j in range(self.total.bit_length() - 1)]
        if stride not in strides:
            raise ValueError(f"stride must be one of {strides}, got {stride}")
        skips = strides.index(stride)
        self.stages = nn.ModuleList()
        channels: list[int] = []
        stage, width = nn.Sequential(), self.in_channels
        for layer in backbone.features:
            stage.append(layer)
            if isinstance(layer, nn.Conv2d):
                width = layer.out_channels
            if isinstance(layer, nn.MaxPool2d):
                self.stages.append(stage)
                channels.append(width)
                stage = nn.Sequential()
        self.head = _convolutional_head(backbone, left_out=1, padding="same")
        pooled = channels.copy()
        channels += [layer.out_channels for layer in self.head if isinstance(layer, nn.Conv2d)]
        self.score = nn.Conv2d(channels[-1], num_classes, 1)
        self.skip_scores = nn.ModuleList(
            nn.Conv2d(c, num_classes, 1) for c in pooled[-2 : -2 - skips : -1]
        )
        for parameter in self.skip_scores.parameters():
            nn.init.zeros_(parameter)
        self.doublings = nn.ModuleList(_upsampling(num_classes, 2) for _ in range(skips))
        self.upsampling = _upsampling(num_classes, stride)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """The scores of the classes at every pixel."""
        require_images(x, self.in_channels)
        if x.shape[2] % self.total or x.shape[3] % self.total:
            raise ValueError(
                f"the sides of the images must be multiples of {self.total}, got {x.shape[2]} x "
                f"{x.shape[3]}"
            )
        pooled = []
        for stage in self.stages:
            x = stage(x)
            pooled.append(x)
        pooled.pop()
        scores = self.score(self.head(x))
        for double, score in zip(self.doublings, self.skip_scores, strict=True):
            scores = double(scores) + score(pooled.pop())
        return self.upsampling(scores)
