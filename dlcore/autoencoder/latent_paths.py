"""Walks through the space of codes."""

import torch
from jaxtyping import Float
from torch import Tensor


def interpolate(
    a: Float[Tensor, "*batch k"], b: Float[Tensor, "*batch k"], steps: int, *, kind: str = "linear"
) -> Float[Tensor, "steps *batch k"]:
    r"""Codes between two codes, both ends included.

    The straight line passes nearer to the origin than draws of a high-dimensional prior ever lie;
    the spherical path, $\frac{\sin((1 - t)\omega)\,a + \sin(t\omega)\,b}{\sin\omega}$ with
    $\omega$ the angle between the two, keeps their length.

    Args:
        a: where it starts, shape (..., k).
        b: where it ends, of the same shape.
        steps: how many codes, at least 2.
        kind: "linear" or "spherical".

    Returns:
        Shape (steps, ..., k), at equal steps of t from 0 to 1.

    Raises:
        ValueError: shapes that differ, fewer than 2 steps, an unknown kind, or a spherical path
            from or to 0, or between opposite codes, of which there are many.

    Equation: :eq:`eq-slerp`
    Section: :ref:`sec-vae-generation`
    Source: Shoemake (1985), Animating rotation with quaternion curves, doi:10.1145/325334.325242;
        White (2016), Sampling generative networks, arXiv:1609.04468.

    Example:
        >>> a, b = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0])
        >>> interpolate(a, b, 3)[1], interpolate(a, b, 3, kind="spherical")[1]
        (tensor([1., 1.]), tensor([1.4142, 1.4142]))

    In production: torch.lerp; the spherical one needs the same lines.
    """
    if a.shape != b.shape or a.ndim == 0 or steps < 2:
        raise ValueError(
            f"interpolate needs two codes of one shape (..., k) and steps >= 2, got "
            f"{tuple(a.shape)}, {tuple(b.shape)}, {steps}"
        )
    t = torch.linspace(0, 1, steps, dtype=a.dtype, device=a.device)
    t = t.reshape(-1, *[1] * a.ndim)
    if kind == "linear":
        return (1 - t) * a + t * b
    if kind != "spherical":
        raise ValueError(f"kind must be 'linear' or 'spherical', got {kind!r}")
    length_a, length_b = (torch.linalg.vector_norm(v, dim=-1, keepdim=True) for v in (a, b))
    if not ((length_a > 0) & (length_b > 0)).all():
        raise ValueError("a spherical path needs codes other than 0")
    # the angle from half-chords is exact for nearly equal directions, where acos is not
    u, v = a / length_a, b / length_b
    omega = 2 * torch.atan2(
        torch.linalg.vector_norm(u - v, dim=-1, keepdim=True),
        torch.linalg.vector_norm(u + v, dim=-1, keepdim=True),
    )
    if not (torch.pi - omega > 10 * torch.finfo(a.dtype).eps ** 0.5).all():
        raise ValueError("a spherical path between opposite codes is not unique")
    # sinc(x) = sin(pi x) / (pi x): sin(t w) / sin(w) stays finite at w = 0
    scale = torch.sinc(omega / torch.pi)
    weight_a = (1 - t) * torch.sinc((1 - t) * omega / torch.pi) / scale
    weight_b = t * torch.sinc(t * omega / torch.pi) / scale
    return weight_a * a + weight_b * b


def latent_traversal(
    z: Float[Tensor, " k"], values: Float[Tensor, " v"], *, dims: list[int] | None = None
) -> Float[Tensor, "dims v k"]:
    """Copies of a code in which one dimension at a time takes each of some values.

    Decoded, row j shows what dimension j stands for near this code.

    Args:
        z: the code to start from, shape (k,).
        values: what the chosen dimension takes, shape (v,).
        dims: which dimensions; default all.

    Returns:
        Shape (dims, v, k), ready for `VAE.decode`.

    Raises:
        ValueError: z or values is no vector, or a dimension does not exist.

    Section: :ref:`sec-vae-generation`
    Source: Higgins et al. (2017), beta-VAE: learning basic visual concepts with a constrained
        variational framework, ICLR.

    Example:
        >>> latent_traversal(torch.zeros(2), torch.tensor([-1.0, 1.0]))
        tensor([[[-1.,  0.],
                 [ 1.,  0.]],
        <BLANKLINE>
                [[ 0., -1.],
                 [ 0.,  1.]]])

    In production: the same lines.
    """
    if z.ndim != 1 or values.ndim != 1:
        raise ValueError(
            f"latent_traversal needs z (k,) and values (v,), got {tuple(z.shape)} and "
            f"{tuple(values.shape)}"
        )
    chosen = list(range(len(z))) if dims is None else dims
    if any(not 0 <= j < len(z) for j in chosen):
        raise ValueError(f"dims must be from 0 to {len(z) - 1}, got {chosen}")
    codes = z.repeat(len(chosen), len(values), 1)
    for row, j in enumerate(chosen):
        codes[row, :, j] = values
    return codes
