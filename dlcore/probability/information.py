"""Entropy and what is made of it: surprise, divergence, shared information."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.probability.continuous import Normal
from dlcore.probability.gaussian import MultivariateNormal
from dlcore.probability.tables import marginal, require_pmf

Table = Float[Tensor, "..."]


def self_information(p: Table, base: float | None = None) -> Table:
    r"""The surprise of an outcome of probability p, $-\log p$.

    Args:
        p: probabilities in [0, 1], any shape.
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        The same shape; 0 for what is certain, inf for what is impossible.

    Raises:
        ValueError: a number that is no probability, or a base that is not above 1.

    Equation: :eq:`eq-self-information`
    Section: :ref:`sec-self-information`
    Source: Shannon (1948), A mathematical theory of communication,
        doi:10.1002/j.1538-7305.1948.tb01338.x.

    Example:
        >>> self_information(torch.tensor([0.5, 0.1]), base=2)
        tensor([1.0000, 3.3219])

    In production: scipy.special.entr for p times this.
    """
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("self_information: probabilities lie in [0, 1]")
    return (-p.log() + 0.0) / _unit(base)


def entropy(p: Table, dim: int | None = -1, base: float | None = None) -> Table:
    r"""The mean surprise, $H(P) = -\sum_x P(x) \log P(x)$.

    Args:
        p: distributions along `dim`, any shape.
        dim: the axis of the outcomes; None for one joint distribution over all axes.
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        Shape without `dim`: from 0 for a certain outcome to log k for k equally likely ones.

    Raises:
        ValueError: a distribution has a negative entry or does not sum to one, or a bad base.

    Equation: :eq:`eq-entropy`
    Section: :ref:`sec-entropy`
    Source: Shannon (1948), A mathematical theory of communication,
        doi:10.1002/j.1538-7305.1948.tb01338.x.

    Example:
        >>> entropy(torch.tensor([[0.5, 0.5], [0.9, 0.1]]), base=2)
        tensor([1.0000, 0.4690])

    In production: scipy.stats.entropy, torch.distributions.Categorical.entropy.
    """
    p, dim = _rows("entropy", p, dim)
    return torch.special.entr(p).sum(dim) / _unit(base)


def categorical_cross_entropy(
    p: Table, q: Table, dim: int | None = -1, base: float | None = None
) -> Table:
    r"""The mean surprise of one who believes Q when P is true, $-\sum_x P(x) \log Q(x)$.

    As a loss for logits, see `dlcore.nn.cross_entropy`, which never forms the probabilities.

    Args:
        p: the true distributions along `dim`.
        q: the believed ones, of a shape that broadcasts.
        dim: the axis of the outcomes; None for one joint distribution over all axes.
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        At least H(P), and H(P) only where Q = P; inf where Q rules out what P allows.

    Raises:
        ValueError: a row of p or q is no distribution, or a bad base.

    Equation: :eq:`eq-distribution-cross-entropy`
    Section: :ref:`sec-cross-entropy-distributions`
    Source: Good (1956), Some terminology and notation in information theory,
        doi:10.1049/pi-c.1956.0024.

    Example:
        >>> categorical_cross_entropy(torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1]), base=2)
        tensor(1.7370)

    In production: torch.nn.functional.cross_entropy, on logits.
    """
    p, q, dim = _pair("categorical_cross_entropy", p, q, dim)
    return -torch.special.xlogy(p, q).sum(dim) / _unit(base)


def kl_divergence(p: Table, q: Table, dim: int | None = -1, base: float | None = None) -> Table:
    r"""What believing Q instead of P costs, $\sum_x P(x) \log \frac{P(x)}{Q(x)}$.

    Args:
        p: the true distributions along `dim`.
        q: the believed ones, of a shape that broadcasts.
        dim: the axis of the outcomes; None for one joint distribution over all axes.
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        At least 0, and 0 only for P = Q; inf where Q rules out what P allows; in general not the
        same with P and Q exchanged.

    Raises:
        ValueError: a row of p or q is no distribution, or a bad base.

    Equation: :eq:`eq-kl-divergence`
    Section: :ref:`sec-kl-divergence`
    Source: Kullback, Leibler (1951), On information and sufficiency, doi:10.1214/aoms/1177729694.

    Example:
        >>> kl_divergence(torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1]), base=2)
        tensor(0.7370)

    In production: scipy.special.rel_entr, torch.nn.functional.kl_div (which takes logarithms).
    """
    p, q, dim = _pair("kl_divergence", p, q, dim)
    ratio = p / torch.where(q > 0, q, 1)
    terms = torch.where((p > 0) & (q == 0), math.inf, torch.special.xlogy(p, ratio))
    return terms.sum(dim).clamp(min=0) / _unit(base)


def js_divergence(p: Table, q: Table, dim: int | None = -1, base: float | None = None) -> Table:
    r"""The Jensen-Shannon divergence, $H(\frac{P + Q}{2}) - \frac{H(P) + H(Q)}{2}$.

    Symmetric, finite for all P and Q, at most log 2; its square root is a metric.

    Args:
        p: distributions along `dim`.
        q: others, of a shape that broadcasts.
        dim: the axis of the outcomes; None for one joint distribution over all axes.
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        Between 0 and log 2 (1 bit).

    Raises:
        ValueError: a row of p or q is no distribution, or a bad base.

    Equation: :eq:`eq-js-divergence`
    Section: :ref:`sec-kl-divergence`
    Source: Lin (1991), Divergence measures based on the Shannon entropy, doi:10.1109/18.61115.

    Example:
        >>> js_divergence(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]), base=2)
        tensor(1.)

    In production: scipy.spatial.distance.jensenshannon, which is the square root.
    """
    p, q, dim = _pair("js_divergence", p, q, dim)
    m = (p + q) / 2
    return (kl_divergence(p, m, dim, base) + kl_divergence(q, m, dim, base)) / 2


def gaussian_kl(p: Normal | MultivariateNormal, q: Normal | MultivariateNormal) -> Tensor:
    r"""What believing one Gaussian costs when another is true, $D_{KL}(p \Vert q)$.

    For numbers it is
    $\log\frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2\sigma_q^2} - \frac12$.

    Args:
        p: the true one; a batch gives a batch.
        q: the believed one, of the same kind.

    Returns:
        $D_{KL}(p \Vert q)$ in nats, of the batch's shape.

    Raises:
        TypeError: the two are not of one kind.

    Equation: :eq:`eq-gaussian-kl`
    Section: :ref:`sec-kl-divergence`
    Source: Kullback (1959), Information Theory and Statistics, chapter 9.

    Example:
        >>> gaussian_kl(Normal(0.0, 1.0), Normal(1.0, 2.0))
        tensor(0.4431)

    In production: torch.distributions.kl_divergence.
    """
    if isinstance(p, Normal) and isinstance(q, Normal):
        ratio = (p.scale / q.scale) ** 2
        return 0.5 * (ratio - 1 - ratio.log() + ((p.loc - q.loc) / q.scale) ** 2)
    if isinstance(p, MultivariateNormal) and isinstance(q, MultivariateNormal):
        whitened = torch.linalg.solve_triangular(q.scale_tril, p.scale_tril, upper=False)
        offset = torch.linalg.solve_triangular(
            q.scale_tril, (q.loc - p.loc)[..., None], upper=False
        )
        squares = whitened.square().sum((-2, -1)) + offset.square().sum((-2, -1))
        return 0.5 * (squares - p.loc.shape[-1]) + q._log_det() - p._log_det()
    raise TypeError(
        f"gaussian_kl needs two Normal or two MultivariateNormal, got {type(p).__name__} and "
        f"{type(q).__name__}"
    )


def conditional_entropy(
    joint: Table, given: int | tuple[int, ...], base: float | None = None
) -> Tensor:
    r"""What stays unknown of the others once some are known, $H(X \mid Y) = H(X, Y) - H(Y)$.

    Args:
        joint: the joint distribution, one axis a variable.
        given: the axis or axes of the variables that are known.
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        A scalar, the mean over the known values of the entropy given them.

    Raises:
        ValueError: joint is no distribution, an axis does not exist, or a bad base.

    Equation: :eq:`eq-conditional-entropy`
    Section: :ref:`sec-mutual-information`
    Source: Cover, Thomas (2006), Elements of Information Theory, 2nd ed., section 2.2.

    Example:
        >>> conditional_entropy(torch.tensor([[0.3, 0.2], [0.1, 0.4]]), given=0, base=2)
        tensor(0.8464)

    In production: scipy.stats.entropy, twice.
    """
    return entropy(joint, None, base) - entropy(marginal(joint, given), None, base)


def mutual_information(joint: Float[Tensor, "x y"], base: float | None = None) -> Tensor:
    r"""What two variables tell of each other, $I(X; Y) = D_{KL}(P_{XY} \Vert P_X P_Y)$.

    Args:
        joint: $P(x, y)$, shape (x, y).
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        A scalar: 0 for independent variables, at most min(H(X), H(Y)).

    Raises:
        ValueError: joint is no distribution of two variables, or a bad base.

    Equation: :eq:`eq-mutual-information`
    Section: :ref:`sec-mutual-information`
    Source: Shannon (1948), A mathematical theory of communication,
        doi:10.1002/j.1538-7305.1948.tb01338.x.

    Example:
        >>> mutual_information(torch.tensor([[0.3, 0.2], [0.1, 0.4]]), base=2)
        tensor(0.1245)

    In production: sklearn.metrics.mutual_info_score.
    """
    if joint.ndim != 2:
        raise ValueError(f"mutual_information needs two variables, got {joint.ndim} axes")
    product = marginal(joint, 0)[:, None] * marginal(joint, 1)
    return kl_divergence(joint, product, None, base)


def conditional_mutual_information(
    joint: Float[Tensor, "x y z"], base: float | None = None
) -> Tensor:
    r"""What X and Y tell of each other when Z is known, $I(X; Y \mid Z)$.

    Zero exactly if X and Y are independent given Z. It may be larger or smaller than $I(X; Y)$.

    Args:
        joint: $P(x, y, z)$, shape (x, y, z).
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        A scalar, $H(X, Z) + H(Y, Z) - H(X, Y, Z) - H(Z)$, at least 0.

    Raises:
        ValueError: joint is no distribution of three variables, or a bad base.

    Equation: :eq:`eq-conditional-mutual-information`
    Section: :ref:`sec-mutual-information`
    Source: Cover, Thomas (2006), Elements of Information Theory, 2nd ed., section 2.5.

    Example:
        >>> xor = torch.zeros(2, 2, 2)
        >>> xor[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
        >>> conditional_mutual_information(xor, base=2)
        tensor(1.)

    In production: pyitlib or dit; for samples sklearn.metrics.mutual_info_score in each group.
    """
    if joint.ndim != 3:
        raise ValueError(f"conditional_mutual_information needs three variables, got {joint.ndim}")
    parts = [entropy(marginal(joint, keep), None, base) for keep in ((0, 2), (1, 2), (0, 1, 2), 2)]
    return (parts[0] + parts[1] - parts[2] - parts[3]).clamp(min=0)


def entropy_from_counts(
    counts: Int[Tensor, "... k"], *, correction: str = "none", base: float | None = None
) -> Float[Tensor, "..."]:
    r"""Entropy estimated from a sample of n outcomes.

    The entropy of the observed frequencies is too small on average, by about $(k' - 1)/2n$ nats
    for k' outcomes seen; Miller's correction adds just that.

    Args:
        counts: how often each of the k outcomes came, shape (..., k).
        correction: "none" or "miller-madow".
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        Shape (...), float64.

    Raises:
        ValueError: a negative count, an empty sample, an unknown correction, or a bad base.

    Equation: :eq:`eq-miller-madow`
    Section: :ref:`sec-estimating-information`
    Source: Miller (1955), Note on the bias of information estimates, in: Information Theory in
        Psychology; Paninski (2003), doi:10.1162/089976603321780272.

    Example:
        >>> entropy_from_counts(torch.tensor([3, 1]), base=2)
        tensor(0.8113, dtype=torch.float64)

    In production: scipy.stats.entropy.
    """
    n = counts.sum(-1)
    if (counts < 0).any() or (n == 0).any():
        raise ValueError("entropy_from_counts needs counts of at least 0, and one outcome a row")
    if correction not in ("none", "miller-madow"):
        raise ValueError(f"correction must be 'none' or 'miller-madow', got {correction!r}")
    plain = entropy(counts.double() / n[..., None], -1, base)
    if correction == "none":
        return plain
    return plain + ((counts > 0).sum(-1) - 1) / (2 * n.double()) / _unit(base)


def differential_entropy(
    x: Float[Tensor, " n"], *, window: int | None = None, base: float | None = None
) -> Tensor:
    r"""The entropy of a density, $-\int p \log p$, from a sample by the spacings of its order.

    Where the sorted sample is dense, p is large: Vasicek's estimate is the mean of
    $\log\frac{n}{2m}(x_{(i+m)} - x_{(i-m)})$. Closed forms are the `entropy` methods of the
    distributions.

    Args:
        x: n draws, shape (n,).
        window: m, below n / 2; default $\lfloor\sqrt n + 0.5\rfloor$.
        base: of the logarithm: None for nats (e), 2 for bits.

    Returns:
        A scalar; negative for a narrow density, -inf when more than 2m draws are equal.

    Raises:
        ValueError: fewer than 3 draws, a window out of range, or a bad base.

    Equation: :eq:`eq-vasicek`
    Section: :ref:`sec-estimating-information`
    Source: Vasicek (1976), A test for normality based on sample entropy,
        doi:10.1111/j.2517-6161.1976.tb01566.x.

    Example:
        >>> differential_entropy(torch.linspace(0, 1, 1001), window=10).round(decimals=2)
        tensor(-0.0100)

    In production: scipy.stats.differential_entropy with method="vasicek".
    """
    n = len(x)
    m = math.floor(n**0.5 + 0.5) if window is None else window
    if n < 3 or not 1 <= m < n / 2:
        raise ValueError(
            f"differential_entropy needs n of at least 3 and a window from 1 to below n / 2, got "
            f"n = {n}, window {m}"
        )
    padded = torch.cat([x.min().expand(m), x.sort().values, x.max().expand(m)])
    spacings = padded[2 * m :] - padded[: -2 * m]
    return (n / (2 * m) * spacings).log().mean() / _unit(base)


def _unit(base: float | None) -> float:
    """How many nats one unit of the result is."""
    if base is not None and not base > 1:
        raise ValueError(f"the base of the logarithm must exceed 1, got {base}")
    return 1.0 if base is None else math.log(base)


def _rows(name: str, p: Tensor, dim: int | None) -> tuple[Tensor, int]:
    """The table with its outcomes along one axis, after a check that they are distributions."""
    if not isinstance(p, Tensor) or not p.is_floating_point():
        require_pmf(name, p)
    if dim is None:
        p, dim = p.reshape(-1), -1
    if p.ndim == 0 or p.shape[dim] == 0:
        raise ValueError(f"{name} needs outcomes along axis {dim}, got shape {tuple(p.shape)}")
    sums = p.sum(dim)
    bad = (sums - 1).abs() > torch.finfo(p.dtype).eps ** 0.5
    if bad.any() or (p < 0).any() or p.isnan().any():
        row = p if p.ndim == 1 else p.movedim(dim, -1)[(bad | (p < 0).any(dim) | sums.isnan())][0]
        require_pmf(name, row)
    return p, dim


def _pair(name: str, p: Tensor, q: Tensor, dim: int | None) -> tuple[Tensor, Tensor, int]:
    p, _ = _rows(name, p, dim)
    q, dim = _rows(name, q, dim)
    if p.shape[dim] != q.shape[dim]:
        raise ValueError(
            f"{name} needs two distributions of the same outcomes, got shapes "
            f"{tuple(p.shape)} and {tuple(q.shape)}"
        )
    return p, q, dim
