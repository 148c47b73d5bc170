"""Belief propagation between the pixels of an image, all messages of one direction at once."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.graphical import IsingDenoiser


class GridBeliefs(NamedTuple):
    """What the messages between pixels add up to.

    Attributes:
        marginals: for "sum" approximate probabilities, for "max" the softmax of the best scores
            that each label can reach; shape (b, k, h, w).
        labels: the best at each pixel, shape (b, h, w).
        converged: whether the last round changed no message by more than the tolerance.
        changes: the largest change of a message in each round.

    Equation: :eq:`eq-grid-messages`.
    Section: :ref:`sec-grid-propagation`.

    Example:
        >>> beliefs = grid_belief_propagation(torch.zeros(1, 2, 3, 3), torch.eye(2))
        >>> beliefs.marginals.shape, beliefs.labels.shape
        (torch.Size([1, 2, 3, 3]), torch.Size([1, 3, 3]))

    In production: pgmax's PairwiseFactorGroup on a grid.
    """

    marginals: Float[Tensor, "b k h w"]
    labels: Int[Tensor, "b h w"]
    converged: bool
    changes: list[float]


@torch.no_grad()
def grid_belief_propagation(
    unary: Float[Tensor, "b k h w"],
    compatibility: Float[Tensor, "k k"],
    *,
    mode: Literal["sum", "max"] = "sum",
    damping: float = 0.0,
    steps: int = 100,
    tol: float = 1e-5,
) -> GridBeliefs:
    """Pass messages up, down, left and right on a grid of pixels until they settle, if they do.

    Args:
        unary: the score of each label at each pixel, shape (b, k, h, w).
        compatibility: the score of two labels side by side, symmetric, shape (k, k).
        mode: "sum" for marginals, "max" for the best labels of all together.
        damping: the share, in [0, 1), of its old logarithm that a message keeps.
        steps: the most rounds.
        tol: rounds end when no message changes by more.

    Returns:
        Beliefs and labels, and whether the messages settled. A grid of one row or column is a
        chain, where both are exact.

    Raises:
        ValueError: shapes that do not fit, a compatibility that is not symmetric, an unknown mode,
            damping outside [0, 1), no step.

    Equation: :eq:`eq-grid-messages`.
    Section: :ref:`sec-grid-propagation`.

    Source: Felzenszwalb, Huttenlocher (2006), Efficient belief propagation for early vision,
        doi:10.1007/s11263-006-7899-4.

    Example:
        >>> unary = torch.zeros(1, 2, 1, 3)
        >>> unary[0, 1, 0, 0] = 2.0
        >>> beliefs = grid_belief_propagation(unary, 1.5 * torch.eye(2))
        >>> beliefs.marginals[0, 1, 0].round(decimals=2)
        tensor([0.8800, 0.7400, 0.6500])

    In production: pgmax; minimum cuts (PyMaxflow) for the best labels.
    """
    k = unary.shape[1] if unary.ndim == 4 else -1
    if compatibility.shape != (k, k) or not torch.equal(compatibility, compatibility.mT):
        raise ValueError(
            "expected scores (b, k, h, w) and a symmetric compatibility (k, k), got "
            f"{tuple(unary.shape)} and {tuple(compatibility.shape)}"
        )
    if mode not in ("sum", "max") or not 0 <= damping < 1 or steps < 1:
        raise ValueError(
            "expected mode 'sum' or 'max', damping in [0, 1), steps >= 1, got "
            f"{mode!r}, {damping}, {steps}"
        )
    b, _, h, w = unary.shape
    inbox = unary.new_zeros(4, b, k, h, w)
    changes: list[float] = []
    for _ in range(steps):
        belief = unary + inbox.sum(0)
        fresh = torch.zeros_like(inbox)
        for way, (sender, receiver) in enumerate(_ENDS):
            known = (belief - inbox[way ^ 1])[sender]
            scores = known[:, None] + compatibility[:, :, None, None]
            told = scores.logsumexp(2) if mode == "sum" else scores.amax(2)
            fresh[way][receiver] = told.log_softmax(1)
        fresh = (1 - damping) * fresh + damping * inbox
        changes.append(float((fresh - inbox).abs().max()))
        inbox = fresh
        if changes[-1] <= tol:
            break
    belief = unary + inbox.sum(0)
    return GridBeliefs(belief.softmax(1), belief.argmax(1), changes[-1] <= tol, changes)


_ALL = slice(None)
_DOWN = (slice(None, -1), slice(1, None))
# who speaks and who hears when messages go down, up, right, left; opposite ways differ in one bit
_ENDS = [
    ((_ALL, _ALL, _DOWN[0], _ALL), (_ALL, _ALL, _DOWN[1], _ALL)),
    ((_ALL, _ALL, _DOWN[1], _ALL), (_ALL, _ALL, _DOWN[0], _ALL)),
    ((_ALL, _ALL, _ALL, _DOWN[0]), (_ALL, _ALL, _ALL, _DOWN[1])),
    ((_ALL, _ALL, _ALL, _DOWN[1]), (_ALL, _ALL, _ALL, _DOWN[0])),
]


class DenoisedImage(NamedTuple):
    """A cleaned image and how good it is by the model's own measure.

    Attributes:
        labels: 0 and 1, shape (h, w).
        probabilities: that each pixel is 1, shape (h, w); None for methods that give none.
        energy: of the clean image given the noisy one; lower is more probable.
        noisy_energy: the same of the noisy image itself.

    Section: :ref:`sec-grid-propagation`.

    Example:
        >>> DenoisedImage(torch.zeros(2, 2).long(), None, -4.0, -4.0).energy
        -4.0

    In production: the arrays of skimage.restoration.
    """

    labels: Int[Tensor, "h w"]
    probabilities: Tensor | None
    energy: float
    noisy_energy: float


def denoise_image_mrf(
    image: Int[Tensor, "h w"],
    *,
    coupling: float = 1.0,
    flip_probability: float = 0.1,
    method: Literal["loopy", "max_product", "mean_field", "icm", "minimum_cut"] = "loopy",
    damping: float = 0.5,
    steps: int = 50,
) -> DenoisedImage:
    """Clean a black and white image by an Ising model, by one of five kinds of inference.

    Args:
        image: of 0 and 1, some of them flipped, shape (h, w).
        coupling: how much neighbours like to agree, at least 0.
        flip_probability: of each pixel, in (0, 1/2).
        method: "loopy" belief propagation or "mean_field" for marginals; "max_product", "icm"
            (each pixel takes its better value) or "minimum_cut" (exact, slow) for the best image.
        damping: of the messages of the first two.
        steps: the most rounds.

    Returns:
        The image, with probabilities where the method gives them, and energies.

    Raises:
        ValueError: what is no image of 0 and 1, an unknown method, or parameters out of range.

    Equations: :eq:`eq-denoising-field`, :eq:`eq-grid-messages`.
    Section: :ref:`sec-grid-propagation`.

    Source: Geman, Geman (1984), doi:10.1109/TPAMI.1984.4767596; Besag (1986), On the statistical
        analysis of dirty pictures, doi:10.1111/j.2517-6161.1986.tb01412.x.

    Example:
        >>> noisy = torch.ones(6, 6, dtype=torch.long)
        >>> noisy[2, 3] = 0
        >>> found = denoise_image_mrf(noisy)
        >>> int(found.labels.sum()), found.energy < found.noisy_energy
        (36, True)

    In production: PyMaxflow for binary images, networks for photographs.
    """
    denoiser = IsingDenoiser(coupling, flip_probability)
    noisy_energy = denoiser.energy(image, image)
    probabilities = None
    if method in ("loopy", "max_product"):
        seen = denoiser.field * (2.0 * image - 1)
        unary = torch.stack([-seen, seen])[None]
        pairs = coupling * (2 * torch.eye(2) - 1).to(unary)
        mode: Literal["sum", "max"] = "sum" if method == "loopy" else "max"
        beliefs = grid_belief_propagation(unary, pairs, mode=mode, damping=damping, steps=steps)
        labels = beliefs.labels[0]
        probabilities = beliefs.marginals[0, 1] if method == "loopy" else None
    elif method == "mean_field":
        probabilities = denoiser.mean_field(image, sweeps=steps)
        labels = (probabilities > 0.5).long()
    elif method == "icm":
        labels = denoiser.icm(image, sweeps=steps)
    elif method == "minimum_cut":
        labels = denoiser.minimum_cut(image)
    else:
        raise ValueError(f"unknown method {method!r}")
    return DenoisedImage(labels, probabilities, denoiser.energy(labels, image), noisy_energy)
