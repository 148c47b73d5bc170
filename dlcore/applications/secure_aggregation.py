"""Adding numbers that nobody shows: additive secret sharing."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

MODULUS = 2**31


def _check_modulus(modulus: int, terms: int) -> None:
    if not 2 <= modulus <= 2**62 or terms * modulus >= 2**63:
        raise ValueError(f"{terms} terms below modulus {modulus} do not fit into 64 bits")


def secret_share(
    values: Int[Tensor, "*n"],
    parties: int,
    *,
    modulus: int = MODULUS,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "p ..."]:
    r"""Numbers split into parts of which all are needed: fewer of them are pure chance.

    All parts but the last are drawn uniformly from $0, \dots, q - 1$; the last makes the sum right.

    Args:
        values: integers; negative ones are taken modulo q, shape (...).
        parties: how many parts, at least 2.
        modulus: q, at least 2.
        generator: source of the parts; by default torch's global one. Neither is safe against an
            attacker.

    Returns:
        Parts, shape (p, ...), that sum to values modulo q.

    Raises:
        ValueError: fewer than 2 parties, or a modulus that is too small or large.

    Equation: :eq:`eq-secret-sharing`.
    Section: :ref:`sec-federated-learning`.

    Source: Bonawitz et al. (2017), Practical secure aggregation for privacy-preserving machine
        learning, doi:10.1145/3133956.3133982; Shamir (1979), doi:10.1145/359168.359176.

    Example:
        >>> parts = secret_share(torch.tensor([5, -1]), 3, modulus=100)
        >>> parts.shape, (parts.sum(0) % 100).tolist()
        (torch.Size([3, 2]), [5, 99])

    In production: a cryptographic source of numbers, as in the library MP-SPDZ.
    """
    if parties < 2:
        raise ValueError(f"a secret needs at least 2 parties, got {parties}")
    _check_modulus(modulus, parties)
    device = generator.device if generator else values.device
    shape = (parties - 1, *values.shape)
    masks = torch.randint(modulus, shape, generator=generator, device=device).to(values.device)
    last = (values.long() % modulus - masks.sum(0)) % modulus
    return torch.cat([masks, last[None]])


def reconstruct(shares: Int[Tensor, "p ..."], *, modulus: int = MODULUS) -> Int[Tensor, "*n"]:
    """The numbers behind all their parts.

    Args:
        shares: all parts, shape (p, ...).
        modulus: q.

    Returns:
        Their sum modulo q, as the number nearest 0: from -q/2 on, below q/2.

    Raises:
        ValueError: no parts, or a modulus that is too small or large.

    Equation: :eq:`eq-secret-sharing`.
    Section: :ref:`sec-federated-learning`.

    Source: Bonawitz et al. (2017), doi:10.1145/3133956.3133982.

    Example:
        >>> reconstruct(secret_share(torch.tensor([5, -1]), 3)).tolist()
        [5, -1]

    In production: as for `secret_share`.
    """
    if shares.ndim < 1 or not len(shares):
        raise ValueError(f"parts (p, ...) are needed, got {tuple(shares.shape)}")
    _check_modulus(modulus, len(shares))
    total = (shares % modulus).sum(0) % modulus
    return torch.where(total >= (modulus + 1) // 2, total - modulus, total)


class SecureSum(NamedTuple):
    """A sum, and what is seen on the way to it.

    Attributes:
        total: the sum over clients, shape (...).
        partial: what each party publishes, the sum of the parts it got modulo q, shape (p, ...).
        shares: the parts that client c sent to party p, shape (c, p, ...).
    """

    total: Int[Tensor, "*n"]
    partial: Int[Tensor, "p ..."]
    shares: Int[Tensor, "c p ..."]


def secure_sum(
    values: Int[Tensor, "c ..."],
    parties: int | None = None,
    *,
    modulus: int = MODULUS,
    generator: torch.Generator | None = None,
) -> SecureSum:
    """The sum over clients, of whom each sends every party one random-looking part.

    Args:
        values: one row a client, integers, shape (c, ...).
        parties: who add parts up; default: the clients themselves.
        modulus: q; the true sum must lie between -q/2 and q/2.
        generator: source of the parts; by default torch's global one.

    Returns:
        Sum, published partial sums and parts. The sum itself is open: with two clients each learns
        the other's number, and noise is needed where that matters.

    Raises:
        ValueError: no clients, fewer than 2 parties, or a modulus that is too small or large.

    Equation: :eq:`eq-secret-sharing`.
    Section: :ref:`sec-federated-learning`.

    Source: Bonawitz et al. (2017), doi:10.1145/3133956.3133982.

    Example:
        >>> secure_sum(torch.tensor([[3, 10], [4, 20], [-5, 30]])).total.tolist()
        [2, 60]

    In production: flwr's SecAgg+, which also survives clients that fall silent.
    """
    if values.ndim < 1 or not len(values):
        raise ValueError(f"one row a client is needed, got {tuple(values.shape)}")
    count = len(values) if parties is None else parties
    _check_modulus(modulus, max(len(values), count))
    shares = secret_share(values, count, modulus=modulus, generator=generator).transpose(0, 1)
    partial = shares.sum(0) % modulus
    return SecureSum(reconstruct(partial, modulus=modulus), partial, shares)


def to_fixed_point(
    x: Float[Tensor, "*n"], *, bits: int = 16, modulus: int = MODULUS
) -> Int[Tensor, "*n"]:
    """Real numbers as integers, for sums modulo q.

    Args:
        x: finite, shape (...).
        bits: binary digits after the point, at least 0.
        modulus: q; leave room for the sum over all clients.

    Returns:
        x times 2 to the power of bits, rounded, shape (...).

    Raises:
        ValueError: numbers that are not finite or too large for q.

    Section: :ref:`sec-federated-learning`.

    Source: Bonawitz et al. (2017), doi:10.1145/3133956.3133982.

    Example:
        >>> to_fixed_point(torch.tensor([0.5, -0.25]), bits=2).tolist()
        [2, -1]

    In production: the same line, with stochastic rounding.
    """
    scaled = (x.double() * 2**bits).round()
    if bits < 0 or not (2 * scaled.abs() < modulus).all():
        raise ValueError(f"numbers must be finite and, times 2**{bits}, below half of {modulus}")
    return scaled.long()


def from_fixed_point(values: Int[Tensor, "*n"], *, bits: int = 16) -> Float[Tensor, "*n"]:
    """Integers of `to_fixed_point`, or sums of them, as real numbers.

    Args:
        values: shape (...).
        bits: binary digits after the point, at least 0.

    Returns:
        values over 2 to the power of bits, float64.

    Raises:
        ValueError: negative bits.

    Section: :ref:`sec-federated-learning`.

    Source: Bonawitz et al. (2017), doi:10.1145/3133956.3133982.

    Example:
        >>> from_fixed_point(torch.tensor([2, -1]), bits=2).tolist()
        [0.5, -0.25]

    In production: the same line.
    """
    if bits < 0:
        raise ValueError(f"bits must be at least 0, got {bits}")
    return values.double() / 2**bits
