"""Training against an adversary that guesses the group."""

from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.nn import GradientReversal


class DebiasedOutput(NamedTuple):
    """What classifier and adversary say of each example.

    Attributes:
        logits: of the classes, shape (n, k).
        group_logits: of the groups, shape (n, g).
    """

    logits: Float[Tensor, "n k"]
    group_logits: Float[Tensor, "n g"]


class AdversarialDebiasing(nn.Module):
    r"""A classifier whose inner representation an adversary tries to read the group from.

    The adversary learns to guess the group; through a reversed gradient the encoder learns to make
    it fail, while classifier and encoder lower the loss of the classes. One ordinary optimizer
    trains all three. A representation that hides the group from this adversary need not hide it
    from a stronger one: fit a fresh one afterwards.

    Args:
        encoder: from examples to representations.
        classifier: from representations to logits of classes (n, k).
        adversary: from representations to logits of groups (n, g).
        weight: $\lambda$, how much the encoder minds the adversary; with 0 it does not.

    Raises:
        ValueError: a negative weight.

    Equation: :eq:`eq-gradient-reversal`.
    Section: :ref:`sec-fairness-mitigation`.

    Source: Zhang, Lemoine, Mitchell (2018), Mitigating unwanted biases with adversarial learning,
        arXiv:1801.07593; Edwards, Storkey (2016), arXiv:1511.05897.

    Example:
        >>> model = AdversarialDebiasing(nn.Linear(5, 3), nn.Linear(3, 2), nn.Linear(3, 4))
        >>> import torch
        >>> output = model(torch.ones(7, 5))
        >>> output.logits.shape, output.group_logits.shape
        (torch.Size([7, 2]), torch.Size([7, 4]))

    In production: fairlearn.adversarial.AdversarialFairnessClassifier.
    """

    def __init__(
        self,
        encoder: nn.Module,
        classifier: nn.Module,
        adversary: nn.Module,
        weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.classifier = classifier
        self.adversary = adversary
        self.reversal = GradientReversal(weight)

    def forward(self, x: Float[Tensor, "n ..."]) -> DebiasedOutput:
        """Logits of the classes and of the groups."""
        hidden = self.encoder(x)
        return DebiasedOutput(self.classifier(hidden), self.adversary(self.reversal(hidden)))

    def loss(
        self, x: Float[Tensor, "n ..."], y: Int[Tensor, " n"], group: Int[Tensor, " n"]
    ) -> Float[Tensor, ""]:
        """The sum of both cross-entropies; minimizing it trains encoder against adversary.

        Args:
            x: examples, shape (n, ...).
            y: classes 0, ..., k - 1, shape (n,).
            group: groups 0, ..., g - 1, shape (n,).
        """
        output = self(x)
        return F.cross_entropy(output.logits, y) + F.cross_entropy(output.group_logits, group)
