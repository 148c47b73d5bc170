"""Sound over time and frequency: the short-time Fourier transform and its inverse."""

import torch
from jaxtyping import Complex, Float
from torch import Tensor


def _window(n_fft: int, window: Tensor | None, like: Tensor) -> Tensor:
    if window is None:
        return torch.hann_window(n_fft, dtype=like.dtype, device=like.device)
    if window.shape != (n_fft,):
        raise ValueError(f"the window needs n_fft = {n_fft} values, got {tuple(window.shape)}")
    return window.to(like)


def _hop(n_fft: int, hop_length: int | None) -> int:
    hop = n_fft // 4 if hop_length is None else hop_length
    if n_fft < 2 or not 1 <= hop <= n_fft:
        raise ValueError(f"expected n_fft >= 2 and a hop of 1 to n_fft, got {n_fft} and {hop}")
    return hop


def stft(
    x: Float[Tensor, "*batch t"],
    n_fft: int,
    hop_length: int | None = None,
    *,
    window: Float[Tensor, " n_fft"] | None = None,
    center: bool = True,
) -> Complex[Tensor, "*batch f frames"]:
    r"""Which frequencies sound when: Fourier transforms of short windowed pieces.

    Args:
        x: samples, shape (..., t).
        n_fft: samples in a piece. Frequencies are rate / n_fft apart, pieces n_fft / rate seconds
            long: the finer the one, the coarser the other.
        hop_length: samples from piece to piece; default n_fft // 4.
        window: weights of a piece's samples, shape (n_fft,); default Hann.
        center: whether the middle of the first piece is the first sample, with the sound mirrored
            at both ends; else the first piece begins there and nothing is added.

    Returns:
        Complex, shape (..., n_fft // 2 + 1, frames): row k is the frequency k rate / n_fft.

    Raises:
        ValueError: a hop outside 1..n_fft, a window of another length, or too few samples.

    Equation: :eq:`eq-stft`.
    Section: :ref:`sec-speech-recognition`.

    Source: Allen, Rabiner (1977), A unified approach to short-time Fourier analysis and synthesis,
        doi:10.1109/PROC.1977.10770.

    Example:
        >>> time = torch.arange(8000) / 8000
        >>> S = stft(torch.sin(2 * torch.pi * 1000 * time), n_fft=256, hop_length=128)
        >>> S.shape, S.abs().mean(-1).argmax() * 8000 / 256
        (torch.Size([129, 63]), tensor(1000.))

    In production: torch.stft.
    """
    hop, t = _hop(n_fft, hop_length), x.shape[-1]
    if t <= n_fft // 2 if center else t < n_fft:
        raise ValueError(f"{t} samples are too few for pieces of {n_fft}")
    if center:
        side = n_fft // 2
        x = torch.cat([x[..., 1 : side + 1].flip(-1), x, x[..., -side - 1 : -1].flip(-1)], -1)
    pieces = x.unfold(-1, n_fft, hop) * _window(n_fft, window, x)
    return torch.fft.rfft(pieces).mT


def istft(
    S: Complex[Tensor, "*batch f frames"],
    hop_length: int | None = None,
    *,
    window: Float[Tensor, " n_fft"] | None = None,
    length: int | None = None,
) -> Float[Tensor, "*batch t"]:
    r"""The sound whose `stft` (with ``center=True``) is nearest to S in least squares.

    Pieces are transformed back, windowed again, added where they overlap, and divided by the sum of
    the squared windows. Not every matrix is the transform of a sound: of one that is, the sound
    comes back exactly. That pieces at the ends are mirrored is not used.

    Args:
        S: complex, shape (..., n_fft // 2 + 1, frames), with an even n_fft.
        hop_length: as in `stft`.
        window: as in `stft`.
        length: samples wanted; default (frames - 1) hop_length.

    Returns:
        Samples, shape (..., length).

    Raises:
        ValueError: a hop or window as in `stft`, windows that leave a sample out, or a length that
            S does not cover.

    Section: :ref:`sec-speech-synthesis`.

    Source: Griffin, Lim (1984), Signal estimation from modified short-time Fourier transform,
        doi:10.1109/TASSP.1984.1164317.

    Example:
        >>> x = torch.randn(1000, generator=torch.Generator().manual_seed(0))
        >>> torch.allclose(istft(stft(x, 64), length=1000), x, atol=1e-5)
        True

    In production: torch.istft.
    """
    n_fft, frames = 2 * (S.shape[-2] - 1), S.shape[-1]
    hop = _hop(n_fft, hop_length)
    side, span = n_fft // 2, n_fft + hop * (frames - 1)
    length = span - n_fft if length is None else length
    if not 0 <= length <= span - side:
        raise ValueError(f"{frames} frames cover {span - side} samples, {length} are wanted")
    w = _window(n_fft, window, S.real)
    starts = hop * torch.arange(frames, device=S.device)
    places = (starts[:, None] + torch.arange(n_fft, device=S.device)).flatten()
    pieces = (torch.fft.irfft(S.mT, n=n_fft) * w).flatten(-2)
    total = pieces.new_zeros(*pieces.shape[:-1], span).index_add(-1, places, pieces)
    weight = w.new_zeros(span).index_add(0, places, (w * w).repeat(frames))
    weight = weight[side : side + length]
    if length and float(weight.min()) < 1e-11:
        raise ValueError(f"windows {hop} samples apart leave samples without weight")
    return total[..., side : side + length] / weight
