"""Faint signals of known shape in noise: a waveform, and the dip of light when a planet passes."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F


def matched_filter_snr(
    data: Float[Tensor, "*b t"], template: Float[Tensor, " m"], *, noise_std: float = 1.0
) -> Float[Tensor, "*b starts"]:
    r"""How well each stretch of the data fits a waveform: $\langle d, h \rangle / (\sigma \|h\|)$.

    In white Gaussian noise it is standard normal where there is no signal, and where there is one
    its mean is $A \|h\| / \sigma$, A being the amplitude. No other test with the same rate of false
    alarms finds more (Neyman and Pearson).

    Args:
        data: shape (..., t).
        template: the waveform, shape (m,).
        noise_std: standard deviation of the noise in each sample.

    Returns:
        One number for each place where the waveform may begin, shape (..., t - m + 1).

    Raises:
        ValueError: a template longer than the data, or of zeros, or a standard deviation that is
            not positive.

    Equation: :eq:`eq-matched-filter`.
    Section: :ref:`sec-scientific-discovery`.

    Source: Turin (1960), An introduction to matched filters, doi:10.1109/TIT.1960.1057571; for
        gravitational waves: Allen et al. (2012), FINDCHIRP, doi:10.1103/PhysRevD.85.122006.

    Example:
        >>> template = torch.tensor([3.0, 4.0])
        >>> matched_filter_snr(torch.tensor([0.0, 3.0, 4.0, 0.0]), template)
        tensor([2.4000, 5.0000, 2.4000])

    In production: pycbc.filter.matched_filter, which whitens coloured noise.
    """
    m, norm = len(template), float(template.norm())
    if not 0 < m <= data.shape[-1] or norm == 0 or noise_std <= 0:
        raise ValueError(
            "expected a template that is not 0 and no longer than the data, and noise_std > 0: "
            f"{m} of {data.shape[-1]} samples, {noise_std}"
        )
    kernel = (template / (norm * noise_std))[None, None].to(data)
    found = F.conv1d(data.reshape(-1, 1, data.shape[-1]), kernel)
    return found.reshape(*data.shape[:-1], -1)


class Transit(NamedTuple):
    """The best periodic dip.

    Attributes:
        period: from dip to dip, in the unit of time.
        duration: of a dip.
        start: when one of the dips begins, less than a period after the first observation.
        depth: by how much the mean in the dips is below that outside.
        power: of each period that was tried, shape (p,): the best fit's gain over a constant, the
            square root of the sum of squares that it explains.
    """

    period: float
    duration: float
    start: float
    depth: float
    power: Float[Tensor, " p"]


def box_least_squares(
    time: Float[Tensor, " n"],
    flux: Float[Tensor, " n"],
    periods: Sequence[float] | Float[Tensor, " p"],
    durations: Sequence[float] | Float[Tensor, " q"],
) -> Transit:
    r"""Search a star's light for dips of one depth and length that come back regularly.

    For each period the observations are laid on each other. A box of each duration is begun at each
    observation; with r of n observations in it and their mean $\bar y$ below zero (flux without its
    mean), the fit explains $n r \bar y^2 / (n - r)$ of the sum of squares.

    Args:
        time: of the observations, shape (n,).
        flux: brightness, shape (n,).
        periods: to try, positive.
        durations: to try, positive, shorter than the periods.

    Returns:
        The best dip, and the power of every period.

    Raises:
        ValueError: shapes that differ, fewer than 3 observations, nothing to try, or a duration
            that is not shorter than every period.

    Equation: :eq:`eq-box-least-squares`.
    Section: :ref:`sec-scientific-discovery`.

    Source: Kovács, Zucker, Mazeh (2002), A box-fitting algorithm in the search for periodic
        transits, doi:10.1051/0004-6361:20020802.

    Example:
        >>> time = torch.arange(0, 60, 0.25, dtype=torch.float64)
        >>> flux = 1 - 0.01 * ((time % 7) < 0.5)
        >>> found = box_least_squares(time, flux, [5, 6, 7, 8], [0.5])
        >>> found.period, found.start, round(found.depth, 4)
        (7.0, 0.0, 0.01)

    In production: astropy.timeseries.BoxLeastSquares.
    """
    P = torch.as_tensor(periods, dtype=torch.float64, device=time.device)
    Q = torch.as_tensor(durations, dtype=torch.float64, device=time.device)
    if time.shape != flux.shape or time.ndim != 1 or len(time) < 3:
        raise ValueError(
            f"3 pairs of time and flux or more: {tuple(time.shape)}, {tuple(flux.shape)}"
        )
    if not len(P) or not len(Q) or float(Q.min()) <= 0 or float(Q.max()) >= float(P.min()):
        raise ValueError("expected periods, and durations between 0 and the shortest period")
    n, t0 = len(time), float(time.min())
    since, y = time.double() - t0, (flux - flux.mean()).double()
    fits = []
    for period in P:
        phase, order = (since % period).sort()
        twice = torch.cat([phase, phase + period])
        total = F.pad(torch.cat([y[order], y[order]]).cumsum(0), (1, 0))
        begin = torch.arange(n, device=time.device)
        end = torch.searchsorted(twice, phase + Q[:, None])
        r, s = (end - begin).double(), total[end] - total[begin]
        explained = torch.where((s < 0) & (r < n), s**2 * n / (r * (n - r)), 0.0)
        best = int(explained.argmax())
        q, i = divmod(best, n)
        depth = -s[q, i] / r[q, i] - s[q, i] / (n - r[q, i])
        fits.append(torch.stack([explained[q, i], Q[q], phase[i], depth]))
    table = torch.stack(fits)
    top = int(table[:, 0].argmax())
    _, duration, start, depth = table[top].tolist()
    return Transit(float(P[top]), duration, t0 + start, depth, table[:, 0].sqrt())
