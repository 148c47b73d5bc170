"""Text that does not go round in circles: tokens that were said lose score."""

from jaxtyping import Float, Int
from torch import Tensor


def repetition_penalty(
    logits: Float[Tensor, "b v"], prefixes: Int[Tensor, "b t"], penalty: float = 1.2
) -> Float[Tensor, "b v"]:
    """Scores in which every token that the prefix holds is less likely.

    Args:
        logits: of the next token, shape (b, V).
        prefixes: the tokens so far, shape (b, t).
        penalty: what positive logits of such tokens are divided and negative ones multiplied by;
            1 changes nothing. It hangs on where the logits' zero lies, so it needs raw logits.

    Returns:
        Shape (b, V), for a step of `sample_sequence`:
        ``lambda prefixes: repetition_penalty(step(prefixes), prefixes)``.

    Raises:
        ValueError: shapes that do not fit, tokens outside 0..V - 1, a penalty below 1.

    Section: :ref:`sec-text-generation`.

    Source: Keskar, McCann, Varshney, Xiong, Socher (2019), CTRL, arXiv:1909.05858, section 4.1.

    Example:
        >>> import torch
        >>> logits = torch.tensor([[2.0, -2.0, 1.0]])
        >>> repetition_penalty(logits, torch.tensor([[0, 1, 0]]), 2.0)
        tensor([[ 1., -4.,  1.]])

    In production: transformers' generate(repetition_penalty=1.2).
    """
    if logits.ndim != 2 or prefixes.ndim != 2 or len(logits) != len(prefixes):
        raise ValueError(
            f"expected logits (b, V) and prefixes (b, t), got {tuple(logits.shape)} and "
            f"{tuple(prefixes.shape)}"
        )
    if not penalty >= 1:
        raise ValueError(f"penalty must be at least 1, got {penalty}")
    if prefixes.numel() and not 0 <= int(prefixes.min()) <= int(prefixes.max()) < logits.shape[1]:
        raise ValueError(f"tokens must lie in 0..{logits.shape[1] - 1}")
    said = logits.gather(1, prefixes)
    return logits.scatter(1, prefixes, (said / penalty).where(said > 0, said * penalty))
