"""A tensor as rows of numbers, and the tile of rows and columns that one program works on."""

from typing import NamedTuple

import torch
from torch import Tensor

LARGEST_ROW = 32768  # longer rows do not fit into the registers of one program
LOOP_BLOCK = 4096  # and are read in blocks of so many columns
SMALLEST_TILE = 1024  # short rows are taken several at a time


class Tile(NamedTuple):
    """What one program works on at a time."""

    rows: int
    columns: int
    is_whole: bool  # the rows fit: they are read once
    warps: int


def power_of_2(n: int) -> int:
    """The smallest power of two that is at least n."""
    return 1 << max(n - 1, 0).bit_length()


def tile(d: int) -> Tile:
    """The tile for rows of d numbers; both sides are powers of two, as Triton wants."""
    is_whole = d <= LARGEST_ROW
    columns = power_of_2(d) if is_whole else LOOP_BLOCK
    rows = max(1, SMALLEST_TILE // columns) if is_whole else 1
    return Tile(rows, columns, is_whole, min(max(rows * columns // 512, 4), 16))


def as_rows(x: Tensor) -> Tensor:
    """All leading dimensions as one; the numbers of a row lie side by side, the rows need not.

    A view where the layout allows it, else a copy.
    """
    rows = x.reshape(-1, x.shape[-1]) if x.numel() else x.new_empty(0, x.shape[-1])
    return rows if rows.stride(1) == 1 or rows.shape[1] <= 1 else rows.contiguous()


def programs(x: Tensor) -> int:
    """How many programs share rows whose sums they keep: two for each multiprocessor of a GPU."""
    if x.is_cuda:
        return 2 * int(torch.cuda.get_device_properties(x.device).multi_processor_count)
    return 3
