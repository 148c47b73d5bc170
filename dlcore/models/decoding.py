"""From scores of the next token to a sequence: the likeliest step by step, or drawn at random."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.nn.activations import log_softmax, softmax

Step = Callable[[Tensor], Tensor]


def top_k_filter(logits: Float[Tensor, "*batch v"], k: int) -> Float[Tensor, "*batch v"]:
    """Keep the k highest scores; the others become minus infinity.

    Args:
        logits: scores of the tokens, shape (..., V).
        k: how many stay, at least 1; of equal scores those of lower numbers.

    Returns:
        The same shape.

    Raises:
        ValueError: k is below 1.

    Section: :ref:`sec-beam-search`.

    Source: Fan, Lewis, Dauphin (2018), Hierarchical neural story generation, arXiv:1805.04833.

    Example:
        >>> top_k_filter(torch.tensor([1.0, 3.0, 2.0]), 2)
        tensor([-inf, 3., 2.])

    In production: transformers.TopKLogitsWarper.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    order = logits.argsort(dim=-1, descending=True, stable=True)
    return logits.scatter(-1, order[..., k:], -torch.inf)


def top_p_filter(logits: Float[Tensor, "*batch v"], p: float) -> Float[Tensor, "*batch v"]:
    """Keep the nucleus: the fewest tokens that hold the probability p together.

    Args:
        logits: scores of the tokens, shape (..., V).
        p: the probability that the kept tokens reach, above 0 and at most 1.

    Returns:
        The same shape; the others' scores are minus infinity. The likeliest token always stays.

    Raises:
        ValueError: p is outside (0, 1].

    Equation: :eq:`eq-nucleus`.
    Section: :ref:`sec-beam-search`.

    Source: Holtzman, Buys, Du, Forbes, Choi (2020), The curious case of neural text degeneration,
        arXiv:1904.09751.

    Example:
        >>> top_p_filter(torch.tensor([0.5, 0.3, 0.2]).log(), 0.7).exp()
        tensor([0.5000, 0.3000, 0.0000])

    In production: transformers.TopPLogitsWarper.
    """
    if not 0 < p <= 1:
        raise ValueError(f"p must lie in (0, 1], got {p}")
    order = logits.argsort(dim=-1, descending=True, stable=True)
    sorted_p = softmax(logits.gather(-1, order), dim=-1)
    before = sorted_p.cumsum(dim=-1) - sorted_p
    dropped = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, order, before >= p)
    return logits.masked_fill(dropped, -torch.inf)


def next_log_probs(step: Step, prefixes: Tensor) -> Tensor:
    """Logarithms of the next token's probabilities, shape (b, V); a bad step is told apart."""
    scores = step(prefixes)
    if scores.ndim != 2 or len(scores) != len(prefixes):
        raise ValueError(
            f"step must return scores of shape ({len(prefixes)}, V), got {tuple(scores.shape)}"
        )
    return log_softmax(scores, dim=-1)


def _extend(
    step: Step,
    start: Tensor,
    eos: int | None,
    max_new: int,
    choose: Callable[[Tensor], Tensor],
) -> Tensor:
    """Append chosen tokens until all sequences have ended; those that have are filled with eos."""
    if start.ndim not in (1, 2) or start.shape[-1] == 0:
        raise ValueError(
            f"start must have shape (t,) or (n, t) with t >= 1, got {tuple(start.shape)}"
        )
    tokens = start.reshape(-1, start.shape[-1])
    ended = torch.zeros(len(tokens), dtype=torch.bool, device=tokens.device)
    for _ in range(max_new):
        chosen = choose(next_log_probs(step, tokens))
        if eos is not None:
            chosen = torch.where(ended, eos, chosen)
            ended = ended | (chosen == eos)
        tokens = torch.cat([tokens, chosen[:, None]], dim=1)
        if ended.all():
            break
    return tokens.reshape(*start.shape[:-1], -1)


def greedy_decode(
    step: Step, start: Int[Tensor, "*n t"], *, eos: int | None = None, max_new: int = 50
) -> Int[Tensor, "*n longer"]:
    """Append the likeliest next token, again and again.

    Args:
        step: takes prefixes (b, t), returns logits or log-probabilities of the next token (b, V).
        start: what is given, shape (t,), or (n, t) for n sequences.
        eos: the token that ends a sequence, or None.
        max_new: how many tokens are appended at most.

    Returns:
        The given tokens and the new ones, the end included; in a batch, sequences that have ended
        are filled up with eos.

    Raises:
        ValueError: start or scores of another shape.

    Section: :ref:`sec-beam-search`.

    Source: Sutskever, Vinyals, Le (2014), Sequence to sequence learning with neural networks,
        arXiv:1409.3215.

    Example:
        >>> count = lambda prefixes: torch.eye(5)[(prefixes[:, -1] + 1) % 5]
        >>> greedy_decode(count, torch.tensor([1]), eos=4)
        tensor([1, 2, 3, 4])

    In production: model.generate(do_sample=False) of the transformers package.
    """
    return _extend(step, start, eos, max_new, lambda log_p: log_p.argmax(dim=-1))


def sample_sequence(
    step: Step,
    start: Int[Tensor, "*n t"],
    *,
    eos: int | None = None,
    max_new: int = 50,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "*n longer"]:
    """Draw the next token from its distribution, again and again.

    Args:
        step: takes prefixes (b, t), returns logits or log-probabilities of the next token (b, V).
        start: what is given, shape (t,), or (n, t) for n sequences.
        eos: the token that ends a sequence, or None.
        max_new: how many tokens are appended at most.
        temperature: what scores are divided by: below 1 bolder, above 1 more even; 0 is greedy.
        top_k: draw from the k likeliest tokens only, see `top_k_filter`.
        top_p: draw from the nucleus only, see `top_p_filter`, after temperature and top_k.
        generator: source of the draws; by default torch's global one.

    Returns:
        The given tokens and the new ones; in a batch, sequences that have ended are filled up
        with eos.

    Raises:
        ValueError: a negative temperature, filters out of range, start or scores of another shape.

    Equation: :eq:`eq-nucleus`.
    Section: :ref:`sec-beam-search`.

    Source: Holtzman, Buys, Du, Forbes, Choi (2020), The curious case of neural text degeneration,
        arXiv:1904.09751.

    Example:
        >>> coin = lambda prefixes: torch.zeros(len(prefixes), 2)
        >>> sample_sequence(coin, torch.tensor([[0], [1]]), max_new=9).shape
        torch.Size([2, 10])

    In production: model.generate(do_sample=True) of the transformers package.
    """
    if not temperature >= 0:
        raise ValueError(f"temperature must be at least 0, got {temperature}")
    if temperature == 0:
        return greedy_decode(step, start, eos=eos, max_new=max_new)

    def draw(log_p: Tensor) -> Tensor:
        scores = log_p / temperature
        scores = scores if top_k is None else top_k_filter(scores, top_k)
        scores = scores if top_p is None else top_p_filter(scores, top_p)
        device = scores.device if generator is None else generator.device
        drawn = torch.multinomial(softmax(scores, dim=-1).to(device), 1, generator=generator)
        return drawn.squeeze(1).to(scores.device)

    return _extend(step, start, eos, max_new, draw)
