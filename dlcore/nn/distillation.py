"""A small network learns what a large one finds likely, not only which answer is right."""

from jaxtyping import Float
from torch import Tensor

from dlcore.nn.activations import log_softmax


def distillation_loss(
    student_logits: Float[Tensor, "*batch k"],
    teacher_logits: Float[Tensor, "*batch k"],
    temperature: float = 2.0,
) -> Float[Tensor, ""]:
    r"""How far the student's softened probabilities are from the teacher's.

    Args:
        student_logits: shape (..., K).
        teacher_logits: the same shape; no gradient flows into them.
        temperature: T, by which all logits are divided; large ones show what the teacher finds
            similar.

    Returns:
        $T^2\,\mathrm{KL}(p_T^{teacher} \| p_T^{student})$, the mean over all but the last axis.
        The factor keeps gradients of one size: as T grows, the loss tends to half the mean square
        of the difference of the centred logits.

    Raises:
        ValueError: shapes that differ, or a temperature that is not positive.

    Equation: :eq:`eq-distillation`.
    Section: :ref:`sec-distillation`.

    Source: Hinton, Vinyals, Dean (2015), Distilling the knowledge in a neural network,
        arXiv:1503.02531.

    Example:
        >>> import torch
        >>> teacher = torch.tensor([[2.0, 1.0, 0.0]])
        >>> distillation_loss(teacher + 5, teacher).item() < 1e-6
        True

    In production: torch.nn.KLDivLoss(reduction="batchmean") on softened log-probabilities.
    """
    if student_logits.shape != teacher_logits.shape or not student_logits.ndim:
        raise ValueError(
            f"expected logits of one shape (..., K), got {tuple(student_logits.shape)} and "
            f"{tuple(teacher_logits.shape)}"
        )
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, got {temperature}")
    teacher = log_softmax(teacher_logits.detach() / temperature)
    student = log_softmax(student_logits / temperature)
    divergence = (teacher.exp() * (teacher - student)).sum(dim=-1)
    return temperature**2 * divergence.mean()
