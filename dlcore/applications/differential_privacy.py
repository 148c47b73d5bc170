"""Answers with noise: the Laplace and Gaussian mechanisms, and randomized response."""

import math
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from scipy.special import log_ndtr
from torch import Tensor

Method = Literal["analytic", "classical"]


def _check_budget(sensitivity: float, epsilon: float, delta: float | None = None) -> None:
    if not (0 < sensitivity < math.inf and 0 < epsilon < math.inf):
        raise ValueError(f"sensitivity and epsilon must be above 0, got {sensitivity}, {epsilon}")
    if delta is not None and not 0 < delta < 1:
        raise ValueError(f"delta must lie between 0 and 1, got {delta}")


def laplace_mechanism(
    values: Float[Tensor, "*n"],
    sensitivity: float,
    epsilon: float,
    *,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*n"]:
    r"""Answers with Laplace noise of scale $\Delta/\varepsilon$: pure differential privacy.

    One person more or less changes the chance of any result at most by the factor $e^\varepsilon$.
    k questions to the same people, each with its own $\varepsilon$, cost their sum: divide the
    budget before asking.

    Args:
        values: the true answers, shape (...).
        sensitivity: $\Delta$, by how much one person can change `values` in all, as the sum of
            absolute changes.
        epsilon: the budget $\varepsilon$ of this answer.
        generator: source of the noise; by default torch's global one.

    Returns:
        values plus noise of standard deviation $\sqrt2 \Delta/\varepsilon$, shape (...).

    Raises:
        ValueError: sensitivity or epsilon is not positive and finite.

    Equation: :eq:`eq-laplace-mechanism`, :eq:`eq-differential-privacy`.
    Section: :ref:`sec-privacy`.

    Source: Dwork, McSherry, Nissim, Smith (2006), Calibrating noise to sensitivity in private data
        analysis, doi:10.1007/11681878_14.

    Example:
        >>> counts = torch.tensor([120.0, 30.0], dtype=torch.float64)
        >>> noisy = laplace_mechanism(counts, 1.0, 0.5, generator=torch.Generator().manual_seed(0))
        >>> bool(((noisy - counts).abs() < 20).all())
        True

    In production: OpenDP, whose noise is discrete: floating-point noise as here can leak through
    its last digits (Mironov 2012, doi:10.1145/2382196.2382264).
    """
    _check_budget(sensitivity, epsilon)
    device = generator.device if generator else values.device
    shape = (2, *values.shape)
    u = torch.rand(shape, generator=generator, device=device, dtype=torch.float64)
    first, second = -torch.log1p(-u)  # a difference of exponentials is Laplace
    return values + (sensitivity / epsilon * (first - second)).to(values)


def gaussian_delta(epsilon: float, sigma: float, sensitivity: float = 1.0) -> float:
    r"""The smallest delta for which Gaussian noise is $(\varepsilon, \delta)$-private, exactly.

    Args:
        epsilon: at least 0.
        sigma: standard deviation of the noise.
        sensitivity: $\Delta$, the largest Euclidean change by one person.

    Returns:
        $\Phi(\frac{\Delta}{2\sigma} - \frac{\varepsilon\sigma}{\Delta}) - e^\varepsilon
        \Phi(-\frac{\Delta}{2\sigma} - \frac{\varepsilon\sigma}{\Delta})$.

    Raises:
        ValueError: a negative epsilon, or sigma or sensitivity that is not positive.

    Equation: :eq:`eq-analytic-gaussian`.
    Section: :ref:`sec-privacy`.

    Source: Balle, Wang (2018), Improving the Gaussian mechanism for differential privacy,
        arXiv:1805.06530.

    Example:
        >>> round(gaussian_delta(0.0, 0.5), 4)  # two Gaussians 2 SD apart overlap by the rest
        0.6827

    In production: the same lines.
    """
    if epsilon < 0 or not (sigma > 0 and sensitivity > 0):
        raise ValueError(
            f"epsilon must be at least 0, sigma and sensitivity above 0, got {epsilon}, {sigma}, "
            f"{sensitivity}"
        )
    half, shift = sensitivity / (2 * sigma), epsilon * sigma / sensitivity
    log_first, log_second = log_ndtr(half - shift), epsilon + log_ndtr(-half - shift)
    return float(-math.exp(log_first) * math.expm1(min(0.0, log_second - log_first)))


def gaussian_noise_scale(
    sensitivity: float, epsilon: float, delta: float, *, method: Method = "analytic"
) -> float:
    r"""The standard deviation of Gaussian noise for a budget $(\varepsilon, \delta)$.

    Args:
        sensitivity: $\Delta$, the largest Euclidean change by one person.
        epsilon: $\varepsilon$; the classical formula is proved for values up to 1 only.
        delta: $\delta$ in (0, 1): with a chance of this order the bound may fail altogether.
        method: "analytic": the smallest that suffices; "classical":
            $\Delta \sqrt{2 \ln(1.25/\delta)} / \varepsilon$.

    Returns:
        $\sigma$.

    Raises:
        ValueError: values out of range, epsilon above 1 with "classical", or an unknown method.

    Equation: :eq:`eq-gaussian-mechanism`, :eq:`eq-analytic-gaussian`.
    Section: :ref:`sec-privacy`.

    Source: Dwork, Roth (2014), The algorithmic foundations of differential privacy,
        doi:10.1561/0400000042, theorem A.1; Balle, Wang (2018), arXiv:1805.06530.

    Example:
        >>> round(gaussian_noise_scale(1.0, 1.0, 1e-5, method="classical"), 3)
        4.845
        >>> round(gaussian_noise_scale(1.0, 1.0, 1e-5), 3)
        3.731

    In production: dp_accounting.get_sigma_gaussian.
    """
    _check_budget(sensitivity, epsilon, delta)
    if method == "classical":
        if epsilon > 1:
            raise ValueError(f"the classical bound needs epsilon <= 1, got {epsilon}")
        return sensitivity * math.sqrt(2 * math.log(1.25 / delta)) / epsilon
    if method != "analytic":
        raise ValueError(f"method must be 'analytic' or 'classical', got {method!r}")
    low, high = 0.0, 1.0
    while gaussian_delta(epsilon, high) > delta:
        low, high = high, 2 * high
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if gaussian_delta(epsilon, middle) > delta else (low, middle)
    return sensitivity * high


def gaussian_mechanism(
    values: Float[Tensor, "*n"],
    sensitivity: float,
    epsilon: float,
    delta: float,
    *,
    method: Method = "analytic",
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*n"]:
    r"""Answers with Gaussian noise: $(\varepsilon, \delta)$-differential privacy, never pure.

    Args:
        values: the true answers, shape (...).
        sensitivity: $\Delta$, the largest Euclidean distance by which one person moves `values`.
        epsilon: $\varepsilon$.
        delta: $\delta$, in (0, 1), far below one over the number of people.
        method: how the noise's scale is chosen, see `gaussian_noise_scale`.
        generator: source of the noise; by default torch's global one.

    Returns:
        values plus noise, shape (...).

    Raises:
        ValueError: as in `gaussian_noise_scale`.

    Equation: :eq:`eq-gaussian-mechanism`, :eq:`eq-differential-privacy`.
    Section: :ref:`sec-privacy`.

    Source: Dwork, Roth (2014), The algorithmic foundations of differential privacy,
        doi:10.1561/0400000042; Balle, Wang (2018), arXiv:1805.06530.

    Example:
        >>> mean = torch.tensor([0.2, 0.4])
        >>> gaussian_mechanism(mean, 0.01, 1.0, 1e-6).shape
        torch.Size([2])

    In production: OpenDP.
    """
    sigma = gaussian_noise_scale(sensitivity, epsilon, delta, method=method)
    device = generator.device if generator else values.device
    noise = torch.randn(values.shape, generator=generator, device=device, dtype=torch.float64)
    return values + (sigma * noise).to(values)


def _check_keep(keep: float) -> None:
    if not 0.5 < keep < 1:
        raise ValueError(f"keep must lie between 0.5 and 1, got {keep}")


def randomized_response(
    bits: Int[Tensor, "*n"] | Bool[Tensor, "*n"],
    keep: float = 0.75,
    *,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "*n"]:
    """Answers to a yes-or-no question, each of them turned round with a known chance.

    Everybody can deny their answer: nobody collects true ones.

    Args:
        bits: the true answers, 0 or 1, shape (...).
        keep: the chance that an answer stays as it is, in (0.5, 1).
        generator: source of the coins; by default torch's global one.

    Returns:
        0 or 1, shape (...).

    Raises:
        ValueError: other answers than 0 and 1, or keep outside (0.5, 1).

    Equation: :eq:`eq-randomized-response`.
    Section: :ref:`sec-privacy`.

    Source: Warner (1965), Randomized response: a survey technique for eliminating evasive answer
        bias, doi:10.1080/01621459.1965.10480775.

    Example:
        >>> said = randomized_response(torch.ones(1000, dtype=torch.long), 0.75)
        >>> 650 < int(said.sum()) < 850
        True

    In production: RAPPOR and its successors; OpenDP's make_randomized_response_bool.
    """
    _check_keep(keep)
    if not ((bits == 0) | (bits == 1)).all():
        raise ValueError("answers must be 0 or 1")
    device = generator.device if generator else bits.device
    flips = torch.rand(bits.shape, generator=generator, device=device) >= keep
    return (bits.bool() ^ flips.to(bits.device)).long()


def response_epsilon(keep: float) -> float:
    r"""The $\varepsilon$ of randomized response.

    Args:
        keep: the chance that an answer stays as it is, in (0.5, 1).

    Returns:
        $\ln \frac{p}{1 - p}$.

    Raises:
        ValueError: keep outside (0.5, 1).

    Equation: :eq:`eq-randomized-response`, :eq:`eq-differential-privacy`.
    Section: :ref:`sec-privacy`.

    Source: Dwork, Roth (2014), The algorithmic foundations of differential privacy,
        doi:10.1561/0400000042, section 3.2.

    Example:
        >>> round(response_epsilon(0.75), 4)
        1.0986

    In production: the same line.
    """
    _check_keep(keep)
    return math.log(keep / (1 - keep))


class ResponseEstimate(NamedTuple):
    """A share, estimated from randomized answers.

    Attributes:
        share: of yes; can fall a little outside [0, 1].
        standard_error: of the share, of the coins and of the sample together.
    """

    share: float
    standard_error: float


def response_estimate(
    reports: Int[Tensor, " n"] | Bool[Tensor, " n"], keep: float = 0.75
) -> ResponseEstimate:
    r"""The share of yes behind randomized answers, without bias.

    Args:
        reports: 0 or 1, shape (n,), from `randomized_response`.
        keep: the chance p that an answer stayed as it was, in (0.5, 1).

    Returns:
        $\frac{\bar r - (1 - p)}{2p - 1}$ and its standard error, larger than without coins by about
        $1/(2p - 1)$.

    Raises:
        ValueError: no answers, other answers than 0 and 1, or keep outside (0.5, 1).

    Equation: :eq:`eq-randomized-response`.
    Section: :ref:`sec-privacy`.

    Source: Warner (1965), doi:10.1080/01621459.1965.10480775.

    Example:
        >>> response_estimate(torch.tensor([1, 0, 0, 1]), 0.75).share
        0.5

    In production: the same lines.
    """
    _check_keep(keep)
    if reports.ndim != 1 or not len(reports) or not ((reports == 0) | (reports == 1)).all():
        raise ValueError(f"answers must be 0 or 1, shape (n,), got shape {tuple(reports.shape)}")
    mean, stretch = float(reports.double().mean()), 2 * keep - 1
    error = math.sqrt(mean * (1 - mean) / len(reports)) / stretch
    return ResponseEstimate((mean - (1 - keep)) / stretch, error)
