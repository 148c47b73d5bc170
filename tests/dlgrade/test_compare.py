"""A comparison accepts rounding, nothing else, and says what came."""

import math

import numpy as np
import pytest
import torch

from dlgrade.kit import close, equal

NAN = float("nan")


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0 + 1e-9, 1.0),
        (1, 1.0),
        (torch.tensor(1.00001), 1.0),
        (NAN, NAN),
        (math.inf, math.inf),
        (1j, 1j),
        (torch.tensor([1.0, NAN, math.inf]), torch.tensor([1.0, NAN, math.inf])),
        (torch.tensor([1.0 + 1e-5]), torch.tensor([1.0])),
        (torch.tensor([True]), torch.tensor([True])),
        (torch.empty(0, 3), torch.empty(0, 3)),
        (np.array([1.0]), np.array([1.0])),
        ((1.0, [torch.ones(2)], {"a": 2}), (1.0, [torch.ones(2)], {"a": 2})),
        (torch.tensor(2j), torch.tensor(2j)),
    ],
)
def test_equal_up_to_rounding(actual, expected):
    close(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        (1.001, 1.0, "expected 1.0, got 1.001"),
        (NAN, 1.0, "expected 1.0, got nan"),
        (1.0, NAN, "expected nan, got 1.0"),
        (-math.inf, math.inf, "expected inf, got -inf"),
        (None, 1.0, "expected the number 1.0, got None"),
        ("1", 1.0, "expected the number 1.0, got '1'"),
        (torch.ones(1), 1.0, r"expected a number, got shape \(1,\)"),
        ([1.0], torch.ones(1), r"expected a tensor, got \[1.0\]"),
        (torch.ones(2, 3), torch.ones(3, 2), r"expected shape \(3, 2\), got \(2, 3\)"),
        (torch.ones(2), torch.ones(2).double(), r"expected torch\.float64, got torch\.float32"),
        (torch.ones(2), torch.tensor([1, 1]), r"expected torch\.int64, got torch\.float32"),
        (
            torch.tensor([[1.0, 2.0], [3.5, 9.0]]),
            torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
            r"at \[1, 1\]: expected 4, got 9; 2 of 4 entries differ",
        ),
        (torch.tensor([NAN, 0.0]), torch.tensor([0.0, 5.0]), r"at \[0\]: expected 0, got nan"),
        (torch.tensor(1.0), torch.tensor(2.0), "^the result: expected 2, got 1$"),
        (torch.tensor([1 + 1j]), torch.tensor([1 + 2j]), r"expected 1\+2j, got 1\+1j"),
        ([1.0, 2.0], (1.0, 2.0), r"expected a tuple, got \[1.0, 2.0\]"),
        ((1.0,), (1.0, 2.0), "expected 2 items, got 1"),
        ({"a": 1, "c": 2}, {"a": 1, "b": 2}, r"the keys \['b'\] are missing, got \['a', 'c'\]"),
        ((1.0, [2.0, 4.0]), (1.0, [2.0, 3.0]), r"the result\[1\]\[1\]: expected 3.0, got 4.0"),
    ],
)
def test_a_difference_is_told(actual, expected, message):
    with pytest.raises(AssertionError, match=message):
        close(actual, expected)


def test_tolerances_and_names_can_be_given():
    close(torch.tensor([1.1]), torch.tensor([1.0]), atol=0.2)
    close(1.1, 1.0, rtol=0.2)
    close(torch.ones(2), torch.ones(2).double(), dtype=False)
    with pytest.raises(AssertionError, match="the bias at"):
        close(torch.tensor([1.0 + 1e-6]), torch.tensor([1.0]), rtol=1e-8, atol=0, what="the bias")


@pytest.mark.parametrize(
    ("actual", "expected", "same"),
    [
        (3, 3, True),
        (3.0, 3, False),
        (True, 1, False),
        ("a", "a", True),
        ((1, ["b"]), (1, ["b"]), True),
        ((1, ["b"]), (1, ["c"]), False),
        (torch.tensor([1, 2]), torch.tensor([1, 2]), True),
        (torch.tensor([1.0 + 1e-6]), torch.tensor([1.0]), False),
        (NAN, 1.0, False),
    ],
)
def test_exact_equality_includes_the_type(actual, expected, same):
    if same:
        equal(actual, expected)
    else:
        with pytest.raises(AssertionError, match="expected"):
            equal(actual, expected)
