"""Tracking: which box of this frame is which object of the last one."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.graphical import GaussianState, KalmanFilter
from dlcore.models import box_iou


def hungarian(cost: Float[Tensor, "n m"]) -> tuple[Int[Tensor, " k"], Int[Tensor, " k"]]:
    """Pair rows with columns, each at most once, at the least total cost.

    The Hungarian method with potentials: rows are added one after the other, each along the
    cheapest path of exchanges; n^2 m steps.

    Args:
        cost: finite, shape (n, m).

    Returns:
        Rows, rising, and their columns; the smaller side is paired completely.

    Raises:
        ValueError: another number of axes, or costs that are not finite.

    Section: :ref:`sec-tracking`.

    Source: Kuhn (1955), The Hungarian method for the assignment problem,
        doi:10.1002/nav.3800020109; in the form of Jonker, Volgenant (1987),
        doi:10.1007/BF02278710.

    Example:
        >>> hungarian(torch.tensor([[1.0, 2.0], [1.0, 9.0]]))
        (tensor([0, 1]), tensor([1, 0]))

    In production: scipy.optimize.linear_sum_assignment.
    """
    if cost.ndim != 2 or not cost.isfinite().all():
        raise ValueError(f"expected finite costs (n, m), got shape {tuple(cost.shape)}")
    if cost.shape[0] > cost.shape[1]:
        columns, rows = hungarian(cost.T)
        order = rows.argsort()
        return rows[order], columns[order]
    C = cost.double().tolist()
    n, m = cost.shape
    row_price, column_price = [0.0] * n, [0.0] * m
    row_of = [-1] * m
    for start in range(n):
        slack, came_from = [math.inf] * m, [-1] * m
        done: set[int] = set()
        row, last = start, -1
        while True:
            free = [j for j in range(m) if j not in done]
            for j in free:
                reduced = C[row][j] - row_price[row] - column_price[j]
                if reduced < slack[j]:
                    slack[j], came_from[j] = reduced, last
            column = min(free, key=slack.__getitem__)
            step = slack[column]
            row_price[start] += step
            for j in done:
                row_price[row_of[j]] += step
                column_price[j] -= step
            for j in free:
                slack[j] -= step
            done.add(column)
            if row_of[column] < 0:
                break
            row, last = row_of[column], column
        while came_from[column] >= 0:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
        row_of[column] = start
    pairs = sorted((row, column) for column, row in enumerate(row_of) if row >= 0)
    found = torch.tensor(pairs, dtype=torch.long, device=cost.device).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def associate_boxes(
    a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"], iou_threshold: float = 0.3
) -> Int[Tensor, "k 2"]:
    """Pair boxes of two frames so that they overlap most in total.

    Args:
        a: corners (x1, y1, x2, y2), shape (n, 4).
        b: the same, shape (m, 4).
        iou_threshold: pairs that overlap less are no pairs.

    Returns:
        Indices into a and b, one pair a row.

    Raises:
        ValueError: another shape, corners in the wrong order, a threshold outside [0, 1].

    Section: :ref:`sec-tracking`.

    Source: Bewley, Ge, Ott, Ramos, Upcroft (2016), Simple online and realtime tracking,
        arXiv:1602.00763.

    Example:
        >>> a = torch.tensor([[0.0, 0, 10, 10], [50.0, 0, 60, 10]])
        >>> associate_boxes(a, a.flip(0) + 1).tolist()
        [[0, 1], [1, 0]]

    In production: scipy.optimize.linear_sum_assignment.
    """
    if not 0 <= iou_threshold <= 1:
        raise ValueError(f"iou_threshold must lie between 0 and 1, got {iou_threshold}")
    overlap = box_iou(a, b)
    rows, columns = hungarian(1 - overlap)
    close = overlap[rows, columns] >= max(iou_threshold, torch.finfo(overlap.dtype).tiny)
    return torch.stack([rows, columns], dim=1)[close]


class IoUTracker:
    """Give every object a number that it keeps from frame to frame.

    Boxes are paired with the tracks' boxes by overlap. With motion each track is a Kalman filter
    whose state is centre, size and velocity, and meets the new boxes where it is expected; without
    motion where it was last seen.

    Args:
        iou_threshold: the least overlap of a box with its track.
        max_age: how many frames in a row a track may be missing before it ends.
        motion: whether tracks move on by themselves.
        noise: standard deviation of a box's corners, in pixels.
        agility: standard deviation of the change of velocity, in pixels a frame squared.

    Attributes:
        tracks: the numbers of the tracks that are alive.

    Raises:
        ValueError: a threshold outside [0, 1], a negative age, noise or agility not positive.

    Section: :ref:`sec-tracking`.

    Source: Bewley, Ge, Ott, Ramos, Upcroft (2016), Simple online and realtime tracking,
        arXiv:1602.00763.

    Example:
        >>> tracker = IoUTracker()
        >>> a = torch.tensor([[0.0, 0, 10, 10], [50.0, 0, 60, 10]])
        >>> tracker.update(a).tolist(), tracker.update(a.flip(0) + 1).tolist()
        ([0, 1], [1, 0])

    In production: supervision.ByteTrack, boxmot.
    """

    def __init__(
        self,
        iou_threshold: float = 0.3,
        max_age: int = 3,
        *,
        motion: bool = True,
        noise: float = 1.0,
        agility: float = 1.0,
    ) -> None:
        if not 0 <= iou_threshold <= 1 or max_age < 0:
            raise ValueError(
                f"expected a threshold in [0, 1] and an age of 0 or more, got {iou_threshold} and "
                f"{max_age}"
            )
        if not (noise > 0 and agility > 0):
            raise ValueError(f"noise and agility must be positive, got {noise} and {agility}")
        self.iou_threshold, self.max_age, self.motion = iou_threshold, max_age, motion
        one, zero = torch.eye(4, dtype=torch.float64), torch.zeros(4, 4, dtype=torch.float64)
        F = torch.cat([torch.cat([one, one], 1), torch.cat([zero, one], 1)])
        push = torch.cat([one / 2, one])
        self._kalman = KalmanFilter(
            F, torch.cat([one, zero], 1), agility**2 * push @ push.T, noise**2 * one
        )
        self._states: dict[int, GaussianState] = {}
        self._missed: dict[int, int] = {}
        self._next = 0

    @property
    def tracks(self) -> list[int]:
        """The numbers of the tracks that are alive."""
        return list(self._states)

    def expected(self) -> Float[Tensor, "n 4"]:
        """Where the living tracks are now, corners (x1, y1, x2, y2)."""
        means = [state.mean[:4] for state in self._states.values()]
        stacked = torch.stack(means) if means else torch.zeros(0, 4, dtype=torch.float64)
        center, size = stacked[:, :2], stacked[:, 2:].clamp(min=0)
        return torch.cat([center - size / 2, center + size / 2], dim=1)

    def update(self, boxes: Float[Tensor, "m 4"]) -> Int[Tensor, " m"]:
        """Pair the boxes of the next frame with the tracks.

        Args:
            boxes: corners (x1, y1, x2, y2), shape (m, 4).

        Returns:
            The number of the track of each box, shape (m,); new ones where none was near.

        Raises:
            ValueError: another shape, or corners in the wrong order.
        """
        boxes = boxes.detach().double().cpu()
        if self.motion:
            self._states = {i: self._kalman.predict(s) for i, s in self._states.items()}
        pairs = associate_boxes(self.expected(), boxes, self.iou_threshold)
        alive, numbers = self.tracks, torch.full((len(boxes),), -1)
        measured = torch.cat([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], 1)
        for track, box in pairs.tolist():
            numbers[box] = alive[track]
        for i, y in enumerate(measured):
            if numbers[i] < 0:
                numbers[i] = self._next
                self._next += 1
            number = int(numbers[i])
            self._states[number] = self._seen(self._states.get(number), y)
        seen = set(numbers.tolist())
        self._missed = {i: 0 if i in seen else self._missed[i] + 1 for i in self._states}
        for number in [i for i, missed in self._missed.items() if missed > self.max_age]:
            del self._states[number], self._missed[number]
        return numbers

    def _seen(self, state: GaussianState | None, y: Tensor) -> GaussianState:
        if state is None or not self.motion:
            spread = torch.diag(torch.tensor([1.0] * 4 + [100.0] * 4, dtype=torch.float64))
            return GaussianState(torch.cat([y, torch.zeros_like(y)]), spread)
        return self._kalman.update(state, y)
