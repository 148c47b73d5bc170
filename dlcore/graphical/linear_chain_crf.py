"""Tags of a sequence judged together: each by its own score, neighbours by that of the step."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

FORBIDDEN = -1e4


def _check(unary: Tensor, transitions: Tensor, lengths: Tensor | None) -> Tensor:
    """The lengths, once everything is known to fit."""
    if unary.ndim != 3 or not unary.shape[1] or transitions.shape != (unary.shape[2],) * 2:
        raise ValueError(
            f"expected scores (b, t, k) with t >= 1 and transitions (k, k), got "
            f"{tuple(unary.shape)} and {tuple(transitions.shape)}"
        )
    b, t, _ = unary.shape
    if lengths is None:
        return torch.full((b,), t, device=unary.device)
    if lengths.shape != (b,) or (b and not 1 <= int(lengths.min()) <= int(lengths.max()) <= t):
        raise ValueError(f"expected {b} lengths between 1 and {t}, got {lengths.tolist()}")
    return lengths


def _inside(lengths: Tensor, steps: int) -> Bool[Tensor, "b t"]:
    return torch.arange(steps, device=lengths.device) < lengths[:, None]


def crf_score(
    unary: Float[Tensor, "b t k"],
    transitions: Float[Tensor, "k k"],
    tags: Int[Tensor, "b t"],
    lengths: Int[Tensor, " b"] | None = None,
) -> Float[Tensor, " b"]:
    """The score of given tags: the sum of their own scores and of those of their steps.

    Args:
        unary: the score of each tag at each step, shape (b, t, k).
        transitions: row i: the score of each tag after tag i, shape (k, k).
        tags: shape (b, t); what stands beyond a length does not count.
        lengths: how many steps of each sequence are real, shape (b,); by default all.

    Returns:
        Shape (b,).

    Raises:
        ValueError: shapes that do not fit, lengths outside 1..t, tags outside 0..k - 1.

    Equation: :eq:`eq-crf-score`.
    Section: :ref:`sec-linear-chain-crf`.

    Source: Lafferty, McCallum, Pereira (2001), Conditional random fields, ICML.

    Example:
        >>> crf_score(torch.ones(1, 3, 2), torch.eye(2), torch.tensor([[0, 0, 1]]))
        tensor([4.])

    In production: torchcrf.CRF.
    """
    lengths = _check(unary, transitions, lengths)
    inside = _inside(lengths, unary.shape[1])
    if tags.shape != unary.shape[:2]:
        raise ValueError(f"expected tags {tuple(unary.shape[:2])}, got {tuple(tags.shape)}")
    real = tags[inside]
    if len(real) and not 0 <= int(real.min()) <= int(real.max()) < len(transitions):
        raise ValueError(f"tags must lie in 0..{len(transitions) - 1}")
    tags = tags.where(inside, torch.zeros_like(tags))
    own = unary.gather(2, tags[..., None]).squeeze(2)
    steps = transitions[tags[:, :-1], tags[:, 1:]]
    zero = own.new_zeros(())
    return own.where(inside, zero).sum(1) + steps.where(inside[:, 1:], zero).sum(1)


def _forward(unary: Tensor, transitions: Tensor, lengths: Tensor) -> list[Tensor]:
    """Log of the summed weights of all beginnings that end in each tag; kept beyond a length."""
    alphas = [unary[:, 0]]
    for t in range(1, unary.shape[1]):
        longer = (alphas[-1][:, :, None] + transitions).logsumexp(1) + unary[:, t]
        alphas.append(longer.where((t < lengths)[:, None], alphas[-1]))
    return alphas


def crf_log_partition(
    unary: Float[Tensor, "b t k"],
    transitions: Float[Tensor, "k k"],
    lengths: Int[Tensor, " b"] | None = None,
) -> Float[Tensor, " b"]:
    """The logarithm of the sum over all sequences of tags of the exponential of their score.

    The forward recursion takes t k^2 steps where there are k^t sequences.

    Args:
        unary: the score of each tag at each step, shape (b, t, k).
        transitions: row i: the score of each tag after tag i, shape (k, k).
        lengths: how many steps of each sequence are real, shape (b,); by default all.

    Returns:
        Shape (b,).

    Raises:
        ValueError: shapes that do not fit, lengths outside 1..t.

    Equation: :eq:`eq-crf-forward`.
    Section: :ref:`sec-linear-chain-crf`.

    Source: Lafferty, McCallum, Pereira (2001), Conditional random fields, ICML.

    Example:
        >>> round(crf_log_partition(torch.zeros(1, 5, 2), torch.zeros(2, 2)).exp().item(), 3)
        32.0

    In production: torchcrf.CRF.
    """
    lengths = _check(unary, transitions, lengths)
    return _forward(unary, transitions, lengths)[-1].logsumexp(1)


def crf_nll(
    unary: Float[Tensor, "b t k"],
    transitions: Float[Tensor, "k k"],
    tags: Int[Tensor, "b t"],
    lengths: Int[Tensor, " b"] | None = None,
) -> Float[Tensor, " b"]:
    """How surprising given tags are: log-partition less score, in nats.

    Args:
        unary: the score of each tag at each step, shape (b, t, k).
        transitions: row i: the score of each tag after tag i, shape (k, k).
        tags: shape (b, t).
        lengths: how many steps of each sequence are real, shape (b,); by default all.

    Returns:
        Shape (b,), at least 0.

    Raises:
        ValueError: what `crf_score` rejects.

    Equation: :eq:`eq-crf-nll`.
    Section: :ref:`sec-linear-chain-crf`.

    Source: Lafferty, McCallum, Pereira (2001), Conditional random fields, ICML.

    Example:
        >>> tags = torch.tensor([[0, 1]])
        >>> round(crf_nll(torch.zeros(1, 2, 2), torch.zeros(2, 2), tags).item(), 4)
        1.3863

    In production: torchcrf.CRF.
    """
    score = crf_score(unary, transitions, tags, lengths)
    return crf_log_partition(unary, transitions, lengths) - score


def crf_marginals(
    unary: Float[Tensor, "b t k"],
    transitions: Float[Tensor, "k k"],
    lengths: Int[Tensor, " b"] | None = None,
) -> Float[Tensor, "b t k"]:
    """How probable each tag is at each step, by the recursions from both ends.

    Args:
        unary: the score of each tag at each step, shape (b, t, k).
        transitions: row i: the score of each tag after tag i, shape (k, k).
        lengths: how many steps of each sequence are real, shape (b,); by default all.

    Returns:
        Shape (b, t, k), summing to 1 over the tags; zeros beyond a length. They are the gradient
        of `crf_log_partition` with respect to `unary`.

    Raises:
        ValueError: shapes that do not fit, lengths outside 1..t.

    Equation: :eq:`eq-crf-forward`.
    Section: :ref:`sec-linear-chain-crf`.

    Source: Lafferty, McCallum, Pereira (2001), Conditional random fields, ICML.

    Example:
        >>> crf_marginals(torch.zeros(1, 2, 4), torch.zeros(4, 4))[0, 0]
        tensor([0.2500, 0.2500, 0.2500, 0.2500])

    In production: the gradient of the log-partition.
    """
    lengths = _check(unary, transitions, lengths)
    alphas = _forward(unary, transitions, lengths)
    betas = [torch.zeros_like(alphas[0])]
    for t in range(unary.shape[1] - 1, 0, -1):
        longer = (transitions + (unary[:, t] + betas[-1])[:, None, :]).logsumexp(2)
        betas.append(longer.where((t < lengths)[:, None], betas[-1]))
    joint = torch.stack(alphas, dim=1) + torch.stack(betas[::-1], dim=1)
    inside = _inside(lengths, unary.shape[1])[..., None]
    return joint.softmax(dim=2).where(inside, joint.new_zeros(()))


def viterbi_decode(
    unary: Float[Tensor, "b t k"],
    transitions: Float[Tensor, "k k"],
    lengths: Int[Tensor, " b"] | None = None,
) -> tuple[Int[Tensor, "b t"], Float[Tensor, " b"]]:
    """The tags with the largest score: the forward recursion with the maximum for the sum.

    Args:
        unary: the score of each tag at each step, shape (b, t, k).
        transitions: row i: the score of each tag after tag i, shape (k, k).
        lengths: how many steps of each sequence are real, shape (b,); by default all.

    Returns:
        Tags, shape (b, t), -1 beyond a length, and their scores, shape (b,).

    Raises:
        ValueError: shapes that do not fit, lengths outside 1..t.

    Equation: :eq:`eq-viterbi`.
    Section: :ref:`sec-linear-chain-crf`.

    Source: Viterbi (1967), Error bounds for convolutional codes and an asymptotically optimum
        decoding algorithm, doi:10.1109/TIT.1967.1054010.

    Example:
        >>> stay = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
        >>> unary = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]])
        >>> viterbi_decode(unary, stay)
        (tensor([[0, 0, 0]]), tensor([6.]))

    In production: torchcrf.CRF.
    """
    lengths = _check(unary, transitions, lengths)
    best, back = unary[:, 0], []
    here = torch.arange(unary.shape[2], device=unary.device).expand_as(best)
    for t in range(1, unary.shape[1]):
        longer, came_from = (best[:, :, None] + transitions).max(dim=1)
        real = (t < lengths)[:, None]
        best = (longer + unary[:, t]).where(real, best)
        back.append(came_from.where(real, here))
    score, tag = best.max(dim=1)
    tags = [tag]
    for came_from in reversed(back):
        tags.append(came_from.gather(1, tags[-1][:, None]).squeeze(1))
    path = torch.stack(tags[::-1], dim=1)
    inside = _inside(lengths, unary.shape[1])
    return path.where(inside, torch.full_like(path, -1)), score


class LinearChainCRF(nn.Module):
    """A conditional random field over the tags of a sequence, on top of any network's scores.

    Args:
        num_tags: k.
        allowed: which tag may follow which, shape (k, k); by default any.
        allowed_first: which may come first, shape (k,); by default any.

    Attributes:
        transitions: row i: the score of each tag after tag i, shape (k, k), 0 at first.
        first: the score of each tag at the beginning, shape (k,).
        last: at the end, shape (k,).

    Raises:
        ValueError: fewer than one tag, or constraints of another shape; in use, what `crf_score`
            rejects.

    Equation: :eq:`eq-crf-score`.
    Section: :ref:`sec-linear-chain-crf`.

    Source: Lafferty, McCallum, Pereira (2001), Conditional random fields, ICML; on top of a
        network: Huang, Xu, Yu (2015), Bidirectional LSTM-CRF models for sequence tagging,
        arXiv:1508.01991.

    Example:
        >>> crf = LinearChainCRF(3)
        >>> loss = crf(torch.zeros(2, 4, 3), torch.zeros(2, 4, dtype=torch.long))
        >>> round(loss.item(), 4)
        4.3944

    In production: torchcrf.CRF.
    """

    def __init__(
        self,
        num_tags: int,
        allowed: Bool[Tensor, "k k"] | None = None,
        allowed_first: Bool[Tensor, " k"] | None = None,
    ) -> None:
        super().__init__()
        if num_tags < 1:
            raise ValueError(f"num_tags must be at least 1, got {num_tags}")
        for name, mask, shape in (
            ("forbidden", allowed, (num_tags, num_tags)),
            ("forbidden_first", allowed_first, (num_tags,)),
        ):
            if mask is not None and mask.shape != shape:
                raise ValueError(f"expected constraints {shape}, got {tuple(mask.shape)}")
            self.register_buffer(name, None if mask is None else ~mask)
        self.forbidden: Tensor | None
        self.forbidden_first: Tensor | None
        self.transitions = nn.Parameter(torch.zeros(num_tags, num_tags))
        self.first = nn.Parameter(torch.zeros(num_tags))
        self.last = nn.Parameter(torch.zeros(num_tags))

    def _scores(self, unary: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Scores with the ends' added, transitions with what is forbidden, and lengths."""
        transitions: Tensor = self.transitions
        first: Tensor = self.first
        lengths = _check(unary, transitions, lengths)
        if self.forbidden is not None:
            transitions = transitions.masked_fill(self.forbidden, FORBIDDEN)
        if self.forbidden_first is not None:
            first = first.masked_fill(self.forbidden_first, FORBIDDEN)
        step = torch.arange(unary.shape[1], device=unary.device)
        at_first = (step == 0)[None, :, None] * first
        at_last = (step == lengths[:, None] - 1)[..., None] * self.last
        return unary + at_first + at_last, transitions, lengths

    def forward(
        self,
        unary: Float[Tensor, "b t k"],
        tags: Int[Tensor, "b t"],
        lengths: Int[Tensor, " b"] | None = None,
    ) -> Float[Tensor, ""]:
        """The loss: the mean over the sequences of `crf_nll`."""
        scores, transitions, lengths = self._scores(unary, lengths)
        return crf_nll(scores, transitions, tags, lengths).mean()

    def log_partition(
        self, unary: Float[Tensor, "b t k"], lengths: Int[Tensor, " b"] | None = None
    ) -> Float[Tensor, " b"]:
        """See `crf_log_partition`."""
        return crf_log_partition(*self._scores(unary, lengths))

    def marginals(
        self, unary: Float[Tensor, "b t k"], lengths: Int[Tensor, " b"] | None = None
    ) -> Float[Tensor, "b t k"]:
        """See `crf_marginals`."""
        return crf_marginals(*self._scores(unary, lengths))

    def viterbi(
        self, unary: Float[Tensor, "b t k"], lengths: Int[Tensor, " b"] | None = None
    ) -> tuple[Int[Tensor, "b t"], Float[Tensor, " b"]]:
        """See `viterbi_decode`."""
        return viterbi_decode(*self._scores(unary, lengths))
