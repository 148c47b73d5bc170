"""Learning to score right sequences of tags above wrong ones, without a partition function."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.graphical.linear_chain_crf import crf_score, viterbi_decode


def structured_hinge_loss(
    unary: Float[Tensor, "b t k"],
    transitions: Float[Tensor, "k k"],
    tags: Int[Tensor, "b t"],
    lengths: Int[Tensor, " b"] | None = None,
    *,
    cost: float = 1.0,
) -> Float[Tensor, " b"]:
    r"""How far the right tags fail to win against others by the margin that these deserve.

    $\max_y [s(y) + \text{cost} \cdot \#\{t : y_t \ne y_t^*\}] - s(y^*)$: since the costs of wrong
    tags add up over the steps, one Viterbi pass finds the largest.

    Args:
        unary: the score of each tag at each step, shape (b, t, k).
        transitions: row i: the score of each tag after tag i, shape (k, k).
        tags: the right ones, shape (b, t); what stands beyond a length does not count.
        lengths: how many steps of each sequence are real, shape (b,); by default all.
        cost: the margin for each wrong tag; 0 gives the structured perceptron's loss.

    Returns:
        Shape (b,), at least 0 up to rounding, in the units of the scores.

    Raises:
        ValueError: a negative cost, and what `crf_score` rejects.

    Equation: :eq:`eq-structured-hinge`.
    Section: :ref:`sec-structured-losses`.

    Source: Taskar, Guestrin, Koller (2003), Max-margin Markov networks, NeurIPS; Tsochantaridis,
        Joachims, Hofmann, Altun (2005), Large margin methods for structured and interdependent
        output variables, Journal of Machine Learning Research 6.

    Example:
        >>> tags = torch.tensor([[0, 1]])
        >>> structured_hinge_loss(torch.zeros(1, 2, 2), torch.zeros(2, 2), tags)
        tensor([2.])

    In production: this, or `crf_nll`.
    """
    if cost < 0:
        raise ValueError(f"cost must not be negative, got {cost}")
    right = crf_score(unary, transitions, tags, lengths)
    wrong = torch.full_like(unary, cost)
    wrong = wrong.scatter(2, tags.clamp(0, unary.shape[2] - 1)[..., None], 0.0)
    return viterbi_decode(unary + wrong, transitions, lengths)[1] - right


class StructuredPerceptron:
    """Tags of sequences by the perceptron's rule: add what is right, subtract what was said.

    Args:
        num_tags: k.
        epochs: how often all sequences are seen.
        average: keep the mean of the weights after each sequence instead of the last ones.

    Attributes:
        emission_: the score of each feature for each tag, shape (k, d).
        transitions_: row i: the score of each tag after tag i, shape (k, k).
        mistakes_: how many sequences were not wholly right, in each epoch.

    Raises:
        ValueError: no tag or no epoch; features and tags that do not fit.

    Equation: :eq:`eq-structured-perceptron`.
    Section: :ref:`sec-structured-losses`.

    Source: Collins (2002), Discriminative training methods for hidden Markov models,
        doi:10.3115/1118693.1118694.

    Example:
        >>> X, y = torch.eye(2)[None], torch.tensor([[1, 0]])
        >>> StructuredPerceptron(2).fit(X, y).predict(X)
        tensor([[1, 0]])

    In production: a conditional random field, which also says how sure it is.
    """

    def __init__(self, num_tags: int, *, epochs: int = 5, average: bool = True) -> None:
        if num_tags < 1 or epochs < 1:
            raise ValueError(f"num_tags and epochs must be at least 1, got {num_tags}, {epochs}")
        self.num_tags, self.epochs, self.average = num_tags, epochs, average

    def fit(
        self,
        X: Float[Tensor, "b t d"],
        y: Int[Tensor, "b t"],
        lengths: Int[Tensor, " b"] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> "StructuredPerceptron":
        """Learn from features (b, t, d) and tags (b, t), in an order drawn from the generator."""
        if X.ndim != 3 or y.shape != X.shape[:2]:
            raise ValueError(f"expected tags {tuple(X.shape[:2])}, got {tuple(y.shape)}")
        b, t, d = X.shape
        sizes = [t] * b if lengths is None else lengths.tolist()
        emission, transitions = (
            X.new_zeros(self.num_tags, d),
            X.new_zeros(self.num_tags, self.num_tags),
        )
        emission_sum, transitions_sum = emission.clone(), transitions.clone()
        self.mistakes_: list[int] = []
        for _ in range(self.epochs):
            wrong = 0
            for i in torch.randperm(b, generator=generator).tolist():
                x, right = X[i, : sizes[i]], y[i, : sizes[i]]
                said = viterbi_decode((x @ emission.T)[None], transitions)[0][0]
                if not torch.equal(said, right):
                    wrong += 1
                    for tags, sign in ((right, 1.0), (said, -1.0)):
                        emission.index_add_(0, tags, x, alpha=sign)
                        steps = (tags[:-1], tags[1:])
                        transitions.index_put_(steps, X.new_tensor(sign), accumulate=True)
                emission_sum += emission
                transitions_sum += transitions
            self.mistakes_.append(wrong)
        seen = self.epochs * b
        self.emission_ = emission_sum / seen if self.average else emission
        self.transitions_ = transitions_sum / seen if self.average else transitions
        return self

    def predict(
        self, X: Float[Tensor, "b t d"], lengths: Int[Tensor, " b"] | None = None
    ) -> Int[Tensor, "b t"]:
        """The tags with the largest score, shape (b, t), -1 beyond a length."""
        return viterbi_decode(X @ self.emission_.T, self.transitions_, lengths)[0]
