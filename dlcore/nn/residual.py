"""The residual block: a shortcut around layers, through which gradients pass unharmed."""

from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """The map y = x + F(x), whose Jacobian is I + J_F: the identity term cannot vanish.

    Args:
        branch: F, a module that keeps the shape.

    Attributes:
        branch: F.

    Raises:
        ValueError: the branch changes the shape.

    Equation: :eq:`eq-residual`.
    Section: :ref:`sec-depth-width`.

    Source: He, Zhang, Ren, Sun (2016), Deep residual learning for image recognition,
    arXiv:1512.03385.

    Example:
        >>> import torch
        >>> ResidualBlock(torch.nn.Tanh())(torch.tensor([1.0]))
        tensor([1.7616])

    In production: torchvision.models.resnet.BasicBlock.
    """

    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, x: Tensor) -> Tensor:
        """The output y, of the shape of x."""
        change = self.branch(x)
        if change.shape != x.shape:
            raise ValueError(
                f"the branch must keep the shape {tuple(x.shape)}, it gave {tuple(change.shape)}"
            )
        return x + change
