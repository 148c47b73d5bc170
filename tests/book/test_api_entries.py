"""Signatures as the source writes them."""

import pytest

from book._ext.api_entries import written_signature
from dlcore import applications, classical, linalg, nn


@pytest.mark.parametrize(
    ("found", "signature"),
    [
        (nn.ReLU, "()"),  # makes itself as every module does
        (nn.Dropout2d, "(p: float=0.5)"),  # as its parent
        (nn.Maxout, "(in_features: int, out_features: int, pieces: int=2)"),
        (classical.BallTree, "(X: Float[Tensor, 'n d'], leaf_size: int=32)"),
        (applications.Game, ""),  # a protocol
    ],
)
def test_a_class_is_made_as_its_own_or_inherited_method_says(found, signature):
    written, result = written_signature(None, "class", "", found, None, None, None)
    assert written.startswith(signature)
    assert bool(written) == bool(signature)
    assert result is None


def test_an_exception_has_no_signature():
    found = linalg.SingularMatrixError
    assert written_signature(None, "exception", "", found, None, None, None) is None
