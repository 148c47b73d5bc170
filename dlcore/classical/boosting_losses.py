"""Losses of boosting: where to start, the pseudo-residuals, and the best step in a leaf."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from dlcore.numerics import log_softmax, sigmoid, softmax, softplus


class Loss(ABC):
    """A loss of scores F of shape (t, n) for n examples; t is 1, or K for K > 2 classes."""

    @abstractmethod
    def start(self) -> Tensor:
        """The constant scores with the least loss, shape (t,)."""

    @abstractmethod
    def gradient(self, F: Tensor) -> Tensor:
        """The derivative of each example's loss by its scores, shape (t, n)."""

    @abstractmethod
    def curvature(self, F: Tensor) -> Tensor:
        """The second derivative, shape (t, n)."""

    @abstractmethod
    def value(self, F: Tensor) -> float:
        """The mean loss."""


class SquaredLoss(Loss):
    r"""$\frac12(y - F)^2$: its negative gradient is the residual."""

    def __init__(self, y: Tensor) -> None:
        self.y = y

    def start(self) -> Tensor:
        """The mean."""
        return self.y.mean()[None]

    def gradient(self, F: Tensor) -> Tensor:
        """The residual with the other sign."""
        return F - self.y

    def curvature(self, F: Tensor) -> Tensor:
        """One."""
        return torch.ones_like(F)

    def value(self, F: Tensor) -> float:
        """Half the mean squared error."""
        return float((F - self.y).square().mean() / 2)


class LogisticLoss(Loss):
    r"""$\log(1 + e^F) - yF$ for labels 0 and 1: F is the log odds."""

    def __init__(self, codes: Tensor) -> None:
        self.y = codes.double()

    def start(self) -> Tensor:
        """The log odds of the whole sample."""
        return torch.special.logit(self.y.mean())[None]

    def gradient(self, F: Tensor) -> Tensor:
        """The probability minus the label."""
        return sigmoid(F) - self.y

    def curvature(self, F: Tensor) -> Tensor:
        """The variance of the label, p (1 - p)."""
        p = sigmoid(F)
        return p * (1 - p)

    def value(self, F: Tensor) -> float:
        """The mean cross-entropy."""
        return float((softplus(F) - self.y * F).mean())


class SoftmaxLoss(Loss):
    """Cross-entropy of K > 2 classes; each class has scores of its own."""

    def __init__(self, codes: Tensor, k: int) -> None:
        self.codes = codes
        self.y = torch.nn.functional.one_hot(codes, k).T.double()

    def start(self) -> Tensor:
        """The logs of the shares."""
        return self.y.mean(1).log()

    def gradient(self, F: Tensor) -> Tensor:
        """The probability minus the indicator."""
        return softmax(F, dim=0) - self.y

    def curvature(self, F: Tensor) -> Tensor:
        """The variance of the indicator, scaled by K/(K - 1), as the scores move together."""
        p = softmax(F, dim=0)
        return len(p) / (len(p) - 1) * p * (1 - p)

    def value(self, F: Tensor) -> float:
        """The mean cross-entropy."""
        return float(-log_softmax(F, dim=0).gather(0, self.codes[None]).mean())
