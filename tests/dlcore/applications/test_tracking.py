"""Tracking: assignment against SciPy, identities of boxes that cross, vanish and come back."""

import pytest
import scipy.optimize
import torch

from dlcore import applications


def box(x, y, side=10.0):
    return [x, y, x + side, y + side]


@pytest.mark.reference("scipy.optimize.linear_sum_assignment", of="dlcore.applications.hungarian")
@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (4, 9), (9, 4), (0, 3), (12, 12)])
def test_assignment_against_scipy(generator, shape):
    for scale in (1, 4):
        cost = (scale * torch.randn(shape, generator=generator)).round(decimals=scale % 3)
        rows, columns = applications.hungarian(cost)
        expected = scipy.optimize.linear_sum_assignment(cost.numpy())
        assert rows.tolist() == expected[0].tolist()
        assert len(set(columns.tolist())) == len(columns)
        total = cost.numpy()[expected].sum()
        assert cost[rows, columns].sum().item() == pytest.approx(total, abs=1e-5)


@pytest.mark.reference(
    "scipy.optimize.linear_sum_assignment", of="dlcore.applications.associate_boxes"
)
def test_the_best_total_is_not_the_best_pair():
    a = torch.tensor([box(0, 0), box(4, 0)])
    b = torch.tensor([box(3, 0), box(9, 0)])
    assert applications.associate_boxes(a, b, 0.2).tolist() == [[0, 0], [1, 1]]
    assert applications.associate_boxes(a, b, 0.4).tolist() == [[0, 0]]
    assert applications.associate_boxes(a, b[:0]).shape == (0, 2)
    far = torch.tensor([box(90, 90)])
    assert applications.associate_boxes(a, far, 0.0).shape == (0, 2)


def crossing(frames=21):
    """Two boxes that pass through each other."""
    return [torch.tensor([box(4.0 * t + 2, 20.0), box(78 - 4.0 * t, 23.0)]) for t in range(frames)]


@pytest.mark.reference("known identities", of="dlcore.applications.IoUTracker")
def test_motion_keeps_identities_through_a_crossing():
    tracker = applications.IoUTracker()
    assert all(tracker.update(boxes).tolist() == [0, 1] for boxes in crossing())
    still = applications.IoUTracker(motion=False)
    numbers = [still.update(boxes).tolist() for boxes in crossing()]
    assert numbers[0] == [0, 1]
    assert numbers[-1] == [1, 0]


def test_a_missing_object_comes_back_or_is_new():
    for gap, expected in ((3, 0), (5, 1)):
        tracker = applications.IoUTracker(max_age=3)
        for t in range(8):
            tracker.update(torch.tensor([box(3.0 * t, 0)]))
        for _ in range(gap):
            assert tracker.update(torch.zeros(0, 4)).tolist() == []
        assert tracker.update(torch.tensor([box(3.0 * (8 + gap), 0)])).tolist() == [expected]
        assert tracker.tracks == [expected]


def test_velocity_is_learned():
    tracker = applications.IoUTracker()
    for t in range(15):
        tracker.update(torch.tensor([box(3.0 * t, 2.0 * t)]))
    before = tracker.expected()
    tracker.update(torch.zeros(0, 4))
    step = (tracker.expected() - before)[0]
    assert step.tolist() == pytest.approx([3, 2, 3, 2], abs=0.1)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: applications.hungarian(torch.ones(3)), r"\(3,\)"),
        (lambda: applications.hungarian(torch.full((2, 2), torch.inf)), "finite"),
        (
            lambda: applications.associate_boxes(torch.zeros(1, 4), torch.zeros(1, 4), 2.0),
            "got 2.0",
        ),
        (lambda: applications.IoUTracker(1.5), "got 1.5 and 3"),
        (lambda: applications.IoUTracker(max_age=-1), "and -1"),
        (lambda: applications.IoUTracker(noise=0), "got 0 and 1.0"),
        (lambda: applications.IoUTracker().update(torch.zeros(2, 3)), r"\(n, 4\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
