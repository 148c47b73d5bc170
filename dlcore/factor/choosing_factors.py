"""How many latent coordinates the data support."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_floating, require_one_matrix
from dlcore.probability import aic, bic


class ParallelAnalysis(NamedTuple):
    """How many factors; the eigenvalues (d,) of the data and those that chance reaches (d,)."""

    k: int
    eigenvalues: Tensor
    thresholds: Tensor


def ppca_n_parameters(d: int, k: int) -> int:
    r"""The free parameters of probabilistic PCA: $dk - k(k-1)/2 + 1 + d$.

    Loadings, less the rotations that change nothing, one noise variance, the mean.

    Args:
        d: the number of features.
        k: the number of latent coordinates, from 0 to d.

    Returns:
        Their number.

    Raises:
        ValueError: k is negative or above d.

    Equation: :eq:`eq-ppca-parameters`
    Section: :ref:`sec-choosing-factors`

    Example:
        >>> [ppca_n_parameters(4, k) for k in range(4)]
        [5, 9, 12, 14]

    In production: the same count, by hand.
    """
    return _loading_parameters("ppca_n_parameters", d, k) + 1 + d


def fa_n_parameters(d: int, k: int) -> int:
    r"""The free parameters of factor analysis: $dk - k(k-1)/2 + 2d$.

    Loadings, less the rotations that change nothing, a noise variance and a mean for each feature.

    Args:
        d: the number of features.
        k: the number of factors, from 0 to d.

    Returns:
        Their number.

    Raises:
        ValueError: k is negative or above d.

    Equation: :eq:`eq-fa-parameters`
    Section: :ref:`sec-choosing-factors`

    Example:
        >>> fa_n_parameters(6, 2)
        23

    In production: the same count, by hand.
    """
    return _loading_parameters("fa_n_parameters", d, k) + 2 * d


def _loading_parameters(name: str, d: int, k: int) -> int:
    if not 0 <= k <= d:
        raise ValueError(f"{name} needs 0 <= k <= d, got d = {d}, k = {k}")
    return d * k - k * (k - 1) // 2


def ledermann_bound(d: int) -> int:
    r"""The most factors for which the covariance of d features still constrains the model.

    Above it factor analysis has more free loadings and noise variances than the covariance has
    entries, and the noise cannot be told from the factors.

    Args:
        d: the number of features, at least 1.

    Returns:
        The largest k with $(d - k)^2 \ge d + k$.

    Raises:
        ValueError: d is below 1.

    Equation: :eq:`eq-ledermann-bound`
    Section: :ref:`sec-choosing-factors`
    Source: Ledermann (1937), On the rank of the reduced correlational matrix in multiple-factor
        analysis, doi:10.1007/BF02288062.

    Example:
        >>> [ledermann_bound(d) for d in (3, 4, 5, 6, 8, 10)]
        [1, 1, 2, 3, 4, 6]

    In production: the same bound, by hand.
    """
    if d < 1:
        raise ValueError(f"ledermann_bound needs at least one feature, got d = {d}")
    return next((k for k in range(d, 0, -1) if (d - k) ** 2 >= d + k), 0)


def ppca_max_log_likelihood(eigenvalues: Float[Tensor, " d"], k: int, n: int) -> float:
    r"""The log-likelihood of all data under the best probabilistic PCA, from the spectrum alone.

    Args:
        eigenvalues: of the covariance with divisor N, decreasing, shape (d,), of
            `covariance_spectrum`.
        k: the number of latent coordinates, from 0 (noise alone) to d - 1.
        n: the number of examples.

    Returns:
        $-\frac N2\{\sum_{j \le k} \ln\lambda_j + (d-k)\ln\sigma^2 + d + d\ln 2\pi\}$,
        $\sigma^2$ the mean of the other eigenvalues, in nats.

    Raises:
        ValueError: eigenvalues that do not decrease or are negative, k or n out of range, or no
            noise is left.
        TypeError: no floating-point tensor.

    Equation: :eq:`eq-ppca-max-log-likelihood`
    Section: :ref:`sec-choosing-factors`
    Source: Tipping, Bishop (1999), Probabilistic principal component analysis,
        doi:10.1111/1467-9868.00196.

    Example:
        >>> round(ppca_max_log_likelihood(torch.tensor([4.0, 1.0, 0.6, 0.4]), k=1, n=1), 4)
        -5.7607

    In production: n times the `score` of sklearn.decomposition.PCA on its own data.
    """
    spectrum, sigma2 = _signal_and_noise("ppca_max_log_likelihood", eigenvalues, k, n)
    d = len(spectrum)
    logs = float(spectrum[:k].log().sum()) + (d - k) * math.log(sigma2)
    return -0.5 * n * (logs + d + d * math.log(2 * math.pi))


def ppca_aic(eigenvalues: Float[Tensor, " d"], k: int, n: int) -> float:
    r"""Akaike's criterion of the best probabilistic PCA with k latent coordinates.

    Args:
        eigenvalues: of the covariance with divisor N, decreasing, shape (d,).
        k: the number of latent coordinates, from 0 to d - 1.
        n: the number of examples.

    Returns:
        $2p - 2\log\hat L$; of several k the one with the least is preferred.

    Raises:
        ValueError: as `ppca_max_log_likelihood`.
        TypeError: no floating-point tensor.

    Equations: :eq:`eq-aic`, :eq:`eq-ppca-parameters`
    Section: :ref:`sec-choosing-factors`
    Source: Akaike (1974), A new look at the statistical model identification,
        doi:10.1109/TAC.1974.1100705.

    Example:
        >>> round(ppca_aic(torch.tensor([4.0, 1.0, 0.6, 0.4]), k=1, n=100), 2)
        1170.14

    In production: the same formula, by hand.
    """
    return aic(ppca_max_log_likelihood(eigenvalues, k, n), ppca_n_parameters(len(eigenvalues), k))


def ppca_bic(eigenvalues: Float[Tensor, " d"], k: int, n: int) -> float:
    r"""Schwarz's criterion of the best probabilistic PCA with k latent coordinates.

    Args:
        eigenvalues: of the covariance with divisor N, decreasing, shape (d,).
        k: the number of latent coordinates, from 0 to d - 1.
        n: the number of examples.

    Returns:
        $p\log n - 2\log\hat L$; of several k the one with the least is preferred.

    Raises:
        ValueError: as `ppca_max_log_likelihood`.
        TypeError: no floating-point tensor.

    Equations: :eq:`eq-bic`, :eq:`eq-ppca-parameters`
    Section: :ref:`sec-choosing-factors`
    Source: Schwarz (1978), Estimating the dimension of a model, doi:10.1214/aos/1176344136.

    Example:
        >>> spectrum = torch.tensor([4.0, 1.0, 0.6, 0.4])
        >>> min(range(4), key=lambda k: ppca_bic(spectrum, k, n=100))
        2

    In production: the same formula, by hand.
    """
    likelihood = ppca_max_log_likelihood(eigenvalues, k, n)
    return bic(likelihood, ppca_n_parameters(len(eigenvalues), k), n)


def minka_log_evidence(eigenvalues: Float[Tensor, " d"], k: int, n: int) -> float:
    r"""The log evidence of k principal components, by Laplace's approximation.

    Args:
        eigenvalues: of the covariance, decreasing, those that count all different, shape (d,).
        k: the number of latent coordinates, from 1 to d - 1.
        n: the number of examples.

    Returns:
        An approximation up to a constant, in nats; of several k the one with the most is preferred.

    Raises:
        ValueError: as `ppca_max_log_likelihood`, k is 0, or the first k eigenvalues are not
            different from each other and from the rest.
        TypeError: no floating-point tensor.

    Equation: :eq:`eq-minka-evidence`
    Section: :ref:`sec-choosing-factors`
    Source: Minka (2000), Automatic choice of dimensionality for PCA, NeurIPS 13.

    Example:
        >>> spectrum = torch.tensor([4.0, 1.0, 0.6, 0.4])
        >>> max(range(1, 4), key=lambda k: minka_log_evidence(spectrum, k, n=100))
        2

    In production: sklearn.decomposition.PCA(n_components="mle").
    """
    spectrum, sigma2 = _signal_and_noise("minka_log_evidence", eigenvalues, k, n)
    if k < 1 or not (spectrum[:k] > spectrum[1 : k + 1]).all():
        raise ValueError(f"minka_log_evidence needs k >= 1 and different eigenvalues, got k = {k}")
    d = len(spectrum)
    half = (d - torch.arange(k, dtype=torch.float64)) / 2
    prior = -k * math.log(2) + float((torch.lgamma(half) - half * math.log(math.pi)).sum())
    fit = -0.5 * n * (float(spectrum[:k].log().sum()) + (d - k) * math.log(sigma2))
    model = torch.where(torch.arange(d) < k, spectrum, sigma2)
    gaps = (spectrum[:k, None] - spectrum) * (1 / model - 1 / spectrum[:k, None])
    pairs = torch.ones(k, d, dtype=torch.bool).triu(1)
    curvature = float((gaps[pairs].log() + math.log(n)).sum())
    free = d * k - k * (k + 1) / 2
    volume = (free + k) / 2 * math.log(2 * math.pi) - curvature / 2 - k * math.log(n) / 2
    return prior + fit + volume


def _signal_and_noise(name: str, eigenvalues: Tensor, k: int, n: int) -> tuple[Tensor, float]:
    """The spectrum in float64 on the CPU, and the mean of what k components leave."""
    require_floating(name, eigenvalues)
    spectrum = eigenvalues.detach().double().cpu()
    if spectrum.ndim != 1 or (spectrum.diff() > 0).any() or not (spectrum >= 0).all():
        raise ValueError(f"{name} needs eigenvalues in decreasing order, got {spectrum.tolist()}")
    if not 0 <= k < len(spectrum) or n < 1:
        raise ValueError(f"{name} needs k from 0 to {len(spectrum) - 1} and n >= 1, got {k}, {n}")
    sigma2 = float(spectrum[k:].mean())
    if not sigma2 > 0:
        raise ValueError(f"{name}: {k} components explain everything, no noise is left")
    return spectrum, sigma2


def parallel_analysis(
    X: Float[Tensor, "n d"],
    *,
    draws: int = 100,
    quantile: float = 0.95,
    generator: torch.Generator | None = None,
) -> ParallelAnalysis:
    r"""How many eigenvalues of the correlation matrix are larger than those of pure noise.

    Even independent features have sample correlations, so the first eigenvalue of noise lies above
    1. A factor counts while its eigenvalue exceeds that quantile of the eigenvalues, of the same
    rank, of independent normal data.

    Args:
        X: data, rows are examples, shape (n, d).
        draws: how many sets of noise, at least 1.
        quantile: in (0, 1); Horn took the mean, which keeps more.
        generator: for the noise, on the CPU; default torch's global one.

    Returns:
        k, the eigenvalues of the data's correlation matrix and the thresholds, both decreasing,
        shape (d,).

    Raises:
        ValueError: fewer than 2 rows, a constant feature, or an option out of range.
        TypeError: X is no floating-point tensor.

    Section: :ref:`sec-choosing-factors`
    Source: Horn (1965), A rationale and test for the number of factors in factor analysis,
        doi:10.1007/BF02289447.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> z = torch.randn(200, 1, generator=generator)
        >>> X = z + torch.randn(200, 5, generator=generator)
        >>> parallel_analysis(X, draws=20, generator=generator).k
        1

    In production: the package factor_analyzer, or R's psych::fa.parallel.
    """
    require_one_matrix("parallel_analysis", X)
    n, d = X.shape
    if draws < 1 or not 0 < quantile < 1 or n < 2:
        raise ValueError(
            "parallel_analysis needs draws >= 1, quantile in (0, 1) and 2 rows, got "
            f"{draws}, {quantile} and {n}"
        )
    if not (X.amax(0) > X.amin(0)).all():
        raise ValueError("parallel_analysis: a feature is constant, it has no correlation")
    eigenvalues = _correlation_spectrum(X)
    noise = [
        _correlation_spectrum(torch.randn(n, d, generator=generator, dtype=X.dtype))
        for _ in range(draws)
    ]
    thresholds = torch.stack(noise).quantile(quantile, dim=0).to(X.device)
    above = eigenvalues > thresholds
    return ParallelAnalysis(int(above.cumprod(0).sum()), eigenvalues, thresholds)


def _correlation_spectrum(X: Tensor) -> Tensor:
    A = X - X.mean(0)
    A = A / A.norm(dim=0)
    return torch.linalg.eigvalsh(A.T @ A).flip(0)
