"""Entropy as a length: codes that reach it."""

import heapq
import math
from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence

from jaxtyping import Int
from torch import Tensor


def huffman_code(weights: Mapping[Hashable, float]) -> dict[Hashable, str]:
    """The shortest prefix code: the two rarest symbols share all but their last bit, and so on.

    Args:
        weights: a probability or count above 0 for each symbol.

    Returns:
        A string of 0 and 1 for each symbol, none the beginning of another; the mean length is
        within one bit of the entropy. A single symbol gets "0".

    Raises:
        ValueError: no symbol, or a weight that is not positive and finite.

    Equation: :eq:`eq-code-length`
    Section: :ref:`sec-source-coding`
    Source: Huffman (1952), A method for the construction of minimum-redundancy codes,
        doi:10.1109/JRPROC.1952.273898.

    Example:
        >>> huffman_code({"a": 5, "b": 2, "c": 1})
        {'a': '1', 'b': '01', 'c': '00'}

    In production: zlib, whose blocks are Huffman-coded.
    """
    if not weights:
        raise ValueError("huffman_code needs at least one symbol")
    for symbol, weight in weights.items():
        if not 0 < weight < math.inf:
            raise ValueError(f"huffman_code: the weight of {symbol!r} is {weight}, not positive")
    if len(weights) == 1:
        return dict.fromkeys(weights, "0")
    code = dict.fromkeys(weights, "")
    heap = [(weight, order, [symbol]) for order, (symbol, weight) in enumerate(weights.items())]
    heapq.heapify(heap)
    order = len(heap)
    while len(heap) > 1:
        rare, rarer = heapq.heappop(heap), heapq.heappop(heap)
        for bit, (_, _, symbols) in enumerate((rare, rarer)):
            for symbol in symbols:
                code[symbol] = str(bit) + code[symbol]
        heapq.heappush(heap, (rare[0] + rarer[0], order, rare[2] + rarer[2]))
        order += 1
    return code


class ArithmeticCoder:
    r"""A whole message as one number in [0, 1), in about $-\log_2 P(\text{message})$ bits.

    Each symbol narrows an interval to its share; enough bits to name a number inside are written as
    soon as they are certain, so that integers of 32 bits suffice. Unlike a Huffman code it pays no
    part of a bit for rounding at each symbol.

    Args:
        frequencies: how often each of k symbols is expected, integers from 1 with a sum below
            $2^{30}$, shape (k,).

    Raises:
        ValueError: no symbol, a frequency below 1, or too large a sum.

    Equation: :eq:`eq-code-length`
    Section: :ref:`sec-source-coding`
    Source: Witten, Neal, Cleary (1987), Arithmetic coding for data compression,
        doi:10.1145/214762.214771.

    Example:
        >>> import torch
        >>> coder = ArithmeticCoder(torch.tensor([9, 1]))
        >>> message = [0, 0, 1, 0, 0, 0, 0, 0]
        >>> len(coder.encode(message)), coder.decode(coder.encode(message), 8) == message
        (6, True)

    In production: constriction, or the range coders inside video formats.
    """

    _HALF, _QUARTER, _TOP = 1 << 31, 1 << 30, (1 << 32) - 1

    def __init__(self, frequencies: Int[Tensor, " k"]) -> None:
        total = int(frequencies.sum())
        if len(frequencies) == 0 or (frequencies < 1).any() or total >= self._QUARTER:
            raise ValueError(
                f"ArithmeticCoder needs frequencies from 1 that sum to less than 2**30, got "
                f"{len(frequencies)} with the sum {total}"
            )
        self._cumulative = [0, *frequencies.cumsum(0).tolist()]

    def encode(self, message: Sequence[int]) -> str:
        """The bits of a message of symbols 0..k-1, as a string of 0 and 1."""
        k = len(self._cumulative) - 1
        low, high, pending, bits = 0, self._TOP, 0, []
        for symbol in message:
            if not 0 <= symbol < k:
                raise ValueError(f"symbols are 0..{k - 1}, got {symbol}")
            low, high = self._narrow(low, high, symbol)
            while (shift := self._settled(low, high)) is not None:
                if shift == self._QUARTER:
                    pending += 1
                else:
                    bit = "1" if shift else "0"
                    bits.append(bit + ("0" if shift else "1") * pending)
                    pending = 0
                low, high = 2 * (low - shift), 2 * (high - shift) + 1
        last = low >= self._QUARTER
        return "".join(bits) + ("1" if last else "0") + ("0" if last else "1") * (pending + 1)

    def decode(self, bits: str, n: int) -> list[int]:
        """The n symbols that were encoded."""
        if set(bits) - {"0", "1"}:
            raise ValueError("decode needs a string of 0 and 1")
        low, high, position = 0, self._TOP, 32
        value = int(bits[:32].ljust(32, "0"), 2)
        message = []
        total = self._cumulative[-1]
        for _ in range(n):
            share = ((value - low + 1) * total - 1) // (high - low + 1)
            symbol = bisect_right(self._cumulative, share) - 1
            message.append(symbol)
            low, high = self._narrow(low, high, symbol)
            while (shift := self._settled(low, high)) is not None:
                low, high = 2 * (low - shift), 2 * (high - shift) + 1
                value = 2 * (value - shift) + (bits[position : position + 1] == "1")
                position += 1
        return message

    def _narrow(self, low: int, high: int, symbol: int) -> tuple[int, int]:
        """The part of the interval that belongs to a symbol."""
        width, total = high - low + 1, self._cumulative[-1]
        start, end = self._cumulative[symbol], self._cumulative[symbol + 1]
        return low + width * start // total, low + width * end // total - 1

    def _settled(self, low: int, high: int) -> int | None:
        """What to subtract before the interval can be doubled, or None while nothing is certain."""
        if high < self._HALF:
            return 0
        if low >= self._HALF:
            return self._HALF
        if low >= self._QUARTER and high < self._HALF + self._QUARTER:
            return self._QUARTER
        return None
