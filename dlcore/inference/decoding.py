"""Error-correcting codes, decoded by messages between bits and parity checks."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class DecodedWord(NamedTuple):
    """What decoding found, for each word of a batch.

    Attributes:
        bits: the decision for each bit, shape (..., n).
        llr: log-odds of 0 against 1 for each bit, shape (..., n).
        is_codeword: whether all parity checks hold, shape (...).
        rounds: how many were made, shape (...).

    Section: :ref:`sec-decoding`.

    Example:
        >>> bp_decode(hamming_parity_check(), torch.full((7,), 2.0)).is_codeword
        tensor(True)

    In production: the decoders of the package ldpc.
    """

    bits: Int[Tensor, "*batch n"]
    llr: Float[Tensor, "*batch n"]
    is_codeword: Tensor
    rounds: Tensor


def hamming_parity_check(r: int = 3) -> Int[Tensor, "r n"]:
    """The parity checks of Hamming's code: column j is the number j in binary.

    Args:
        r: number of checks; words have 2^r - 1 bits, of which 2^r - 1 - r are free.

    Returns:
        H of 0 and 1, shape (r, 2^r - 1); a word x is sent only if H x is even.

    Raises:
        ValueError: r below 2.

    Equation: :eq:`eq-parity-check`.
    Section: :ref:`sec-decoding`.

    Source: Hamming (1950), Error detecting and error correcting codes,
        doi:10.1002/j.1538-7305.1950.tb00463.x.

    Example:
        >>> hamming_parity_check(2)
        tensor([[1, 0, 1],
                [0, 1, 1]])

    In production: ldpc.codes.hamming_code.
    """
    if r < 2:
        raise ValueError(f"a Hamming code needs r >= 2 checks, got {r}")
    numbers = torch.arange(1, 2**r)
    return numbers >> torch.arange(r)[:, None] & 1


def ldpc_parity_check(
    n: int, column_weight: int = 3, row_weight: int = 6, *, generator: torch.Generator | None = None
) -> Int[Tensor, "m n"]:
    """Gallager's random sparse parity checks: so few ones that loops are long.

    The first n / row_weight checks split the bits into runs; each further layer is the same with
    the bits in random order.

    Args:
        n: bits of a word, a multiple of row_weight.
        column_weight: in how many checks each bit is.
        row_weight: how many bits each check has.
        generator: source of randomness.

    Returns:
        H of 0 and 1, shape (n * column_weight / row_weight, n); the rate of the code is at least
        1 - column_weight / row_weight.

    Raises:
        ValueError: weights that are not 1 <= column_weight < row_weight, or that do not divide n.

    Equation: :eq:`eq-parity-check`.
    Section: :ref:`sec-decoding`.

    Source: Gallager (1962), Low-density parity-check codes, doi:10.1109/TIT.1962.1057683.

    Example:
        >>> H = ldpc_parity_check(24, generator=torch.Generator().manual_seed(0))
        >>> H.shape, H.sum(0).unique(), H.sum(1).unique()
        (torch.Size([12, 24]), tensor([3]), tensor([6]))

    In production: the tables of 5G and Wi-Fi; pyldpc.make_ldpc.
    """
    if not 1 <= column_weight < row_weight or n < row_weight or n % row_weight:
        raise ValueError(
            "expected 1 <= column_weight < row_weight and n a multiple of row_weight, got "
            f"{column_weight}, {row_weight} and {n}"
        )
    layer = torch.block_diag(*[torch.ones(1, row_weight).long()] * (n // row_weight))
    orders = [torch.randperm(n, generator=generator) for _ in range(column_weight - 1)]
    return torch.cat([layer, *(layer[:, order] for order in orders)])


def bp_decode(
    H: Int[Tensor, "m n"],
    llr: Float[Tensor, "*batch n"],
    *,
    steps: int = 50,
    stop: bool = True,
) -> DecodedWord:
    r"""Decode by loopy belief propagation: $2\tanh^{-1}\prod\tanh\frac L2$ from checks to bits.

    Args:
        H: parity checks of 0 and 1, shape (m, n).
        llr: what the channel says of each bit, $\log\frac{p(y \mid 0)}{p(y \mid 1)}$; of a bit
            flipped with probability f it is $\pm\log\frac{1-f}f$. Shape (..., n).
        steps: the most rounds, each from bits to checks and back.
        stop: keep a word as soon as all its checks hold; otherwise all rounds are run.

    Returns:
        Bits, their log-odds, and whether all checks hold. It is exact only without loops.

    Raises:
        ValueError: an H with other numbers than 0 and 1, shapes that do not fit, no round.

    Equation: :eq:`eq-check-message`.
    Section: :ref:`sec-decoding`.

    Source: Gallager (1962), doi:10.1109/TIT.1962.1057683; MacKay (1999), Good error-correcting
        codes based on very sparse matrices, doi:10.1109/18.748992.

    Example:
        >>> llr = torch.full((7,), 2.2)
        >>> llr[2] = -2.2
        >>> bp_decode(hamming_parity_check(), llr).bits
        tensor([0, 0, 0, 0, 0, 0, 0])

    In production: ldpc.BpDecoder.
    """
    if H.ndim != 2 or not bool(((H == 0) | (H == 1)).all()) or llr.shape[-1:] != H.shape[1:]:
        raise ValueError(
            f"expected H (m, n) of 0 and 1 and llr (..., n), got {tuple(H.shape)} and "
            f"{tuple(llr.shape)}"
        )
    if steps < 1:
        raise ValueError(f"expected steps >= 1, got {steps}")
    check, bit = H.to(llr.device).nonzero(as_tuple=True)
    channel = llr.reshape(-1, llr.shape[-1])
    eps = torch.finfo(channel.dtype).eps

    def gather(messages: Tensor, ends: Tensor, count: int) -> Tensor:
        """The sum at each check or bit of the messages on its edges."""
        return messages.new_zeros(len(messages), count).index_add_(1, ends, messages)

    total, to_bits = channel, channel.new_zeros(len(channel), len(bit))
    rounds = torch.zeros(len(channel), dtype=torch.long, device=llr.device)
    odd = done = torch.zeros_like(rounds, dtype=torch.bool)
    for _ in range(steps):
        told = total[:, bit] - to_bits
        size = (told.abs() / 2).tanh().clamp(eps, 1).log()
        negative = (told < 0).to(channel)
        others = gather(size, check, len(H))[:, check] - size
        flips = (gather(negative, check, len(H))[:, check] - negative) % 2
        fresh = 2 * others.exp().clamp(max=1 - eps).atanh() * (1 - 2 * flips)
        to_bits = torch.where(done[:, None], to_bits, fresh)
        total = channel + gather(to_bits, bit, H.shape[1])
        rounds = rounds + ~done
        odd = (gather((total[:, bit] < 0).to(channel), check, len(H)) % 2 > 0).any(1)
        done = done | ~odd if stop else done
        if bool(done.all()):
            break
    return DecodedWord(
        (total < 0).long().reshape(llr.shape),
        total.reshape(llr.shape),
        (~odd).reshape(llr.shape[:-1]),
        rounds.reshape(llr.shape[:-1]),
    )
