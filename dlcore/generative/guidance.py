"""Steering diffusion to a class: towards what it says, away from what would come anyway."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.generative.noise_schedules import DiffusionSchedule


def _require_same(name: str, eps: Tensor, other: Tensor) -> None:
    if eps.shape != other.shape:
        raise ValueError(
            f"{name} needs two of the same shape, got {tuple(eps.shape)}, {tuple(other.shape)}"
        )


def classifier_free_guidance(
    eps_conditional: Float[Tensor, "*shape"],
    eps_unconditional: Float[Tensor, "*shape"],
    w: float,
) -> Float[Tensor, "*shape"]:
    r"""Predicted noise beyond that of the class, $(1 + w)\,\epsilon(x, c) - w\,\epsilon(x)$.

    The slope of $p_t(x \mid c)^{1+w} p_t(x)^{-w}$ at each step; but this is not what comes of noise
    on $p(x \mid c)^{1+w} p(x)^{-w}$, so the samples do not follow that density either.

    Args:
        eps_conditional: predicted noise, given the class.
        eps_unconditional: predicted noise without it, of the same shape.
        w: 0 for the class as it is, -1 for no class; some papers call 1 + w the scale.

    Returns:
        The noise to take away, of the same shape.

    Raises:
        ValueError: different shapes.

    Equation: :eq:`eq-classifier-free-guidance`.
    Section: :ref:`sec-diffusion-guidance`.

    Source: Ho, Salimans (2022), Classifier-free diffusion guidance, arXiv:2207.12598.

    Example:
        >>> classifier_free_guidance(torch.tensor([1.0]), torch.tensor([0.5]), 3.0)
        tensor([2.5000])

    In production: the same line; diffusers' guidance_scale is 1 + w.
    """
    _require_same("classifier_free_guidance", eps_conditional, eps_unconditional)
    return (1 + w) * eps_conditional - w * eps_unconditional


def classifier_guidance(
    eps: Float[Tensor, "b ..."],
    log_prob_gradient: Float[Tensor, "b ..."],
    t: Int[Tensor, " b"],
    schedule: DiffusionSchedule,
    scale: float = 1.0,
) -> Float[Tensor, "b ..."]:
    r"""Predicted noise turned by the slope of a classifier that knows noisy data.

    $\hat\epsilon = \epsilon - s\sqrt{1-\bar\alpha_t}\,\nabla\log p(c \mid x_t)$. By Bayes' rule a
    scale of 1 gives the noise given the class.

    Args:
        eps: predicted noise without class, shape (b, ...).
        log_prob_gradient: $\nabla_{x_t}\log p(c \mid x_t)$, like eps.
        t: the steps, 1 to T.
        schedule: the variances.
        scale: s.

    Returns:
        The noise to take away, like eps.

    Raises:
        ValueError: shapes that do not fit, or steps out of range.

    Equation: :eq:`eq-classifier-guidance`.
    Section: :ref:`sec-diffusion-guidance`.

    Source: Dhariwal, Nichol (2021), Diffusion models beat GANs on image synthesis,
        arXiv:2105.05233, algorithm 2.

    Example:
        >>> schedule = DiffusionSchedule(torch.tensor([0.25]))
        >>> classifier_guidance(torch.ones(1, 1), torch.ones(1, 1), torch.tensor([1]), schedule)
        tensor([[0.5000]])

    In production: classifier-free guidance, which needs no second network.
    """
    _require_same("classifier_guidance", eps, log_prob_gradient)
    return eps - scale * schedule.split(t, eps)[1] * log_prob_gradient


class GuidedDenoiser:
    """A network with labels as a sampler wants it: noise of data and steps, guided to labels.

    Each call evaluates the network once, on all data with and without their labels.

    Args:
        model: from noisy data, steps and labels to noise; a label of -1 stands for none.
        labels: the class of each sample, shape (b,).
        w: the strength, as for `classifier_free_guidance`.

    Raises:
        ValueError: in a call, another number of samples than labels.

    Equation: :eq:`eq-classifier-free-guidance`.
    Section: :ref:`sec-diffusion-guidance`.

    Source: Ho, Salimans (2022), arXiv:2207.12598, algorithm 2.

    Example:
        >>> guided = GuidedDenoiser(lambda x, t, c: x + c[:, None], torch.tensor([1, 2]), w=1.0)
        >>> guided(torch.zeros(2, 1), torch.tensor([1, 1]))
        tensor([[3.],
                [5.]])

    In production: diffusers' pipelines with guidance_scale.
    """

    def __init__(
        self, model: Callable[[Tensor, Tensor, Tensor], Tensor], labels: Int[Tensor, " b"], w: float
    ) -> None:
        self.model, self.labels, self.w = model, labels, w

    def __call__(self, x: Float[Tensor, "b ..."], t: Int[Tensor, " b"]) -> Float[Tensor, "b ..."]:
        """The noise to take away, like x."""
        if len(x) != len(self.labels):
            raise ValueError(f"{len(self.labels)} labels do not fit {len(x)} samples")
        labels = torch.cat([self.labels, torch.full_like(self.labels, -1)])
        both = self.model(torch.cat([x, x]), torch.cat([t, t]), labels)
        return classifier_free_guidance(both[: len(x)], both[len(x) :], self.w)
