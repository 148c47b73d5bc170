"""A heat map shows the weights it is given, under the names it is given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from dlcore.plot import plot_attention


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.reference("torch.softmax", of="dlcore.plot.plot_attention")
def test_every_weight_stands_in_its_cell(generator):
    A = torch.softmax(torch.randn(3, 5, generator=generator), -1).requires_grad_()
    ax = plot_attention(A, list("abcde"), ["one", "two", "three"], title="a head")
    assert np.allclose(ax.get_images()[0].get_array(), A.detach())
    assert [t.get_text() for t in ax.get_xticklabels()] == list("abcde")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["one", "two", "three"]
    assert ax.get_title() == "a head"
    assert len(ax.figure.axes) == 2
    given = plt.figure().add_subplot()
    assert plot_attention(A, colorbar=False, ax=given) is given
    assert [t.get_text() for t in given.get_xticklabels()] == list("01234")
    assert len(given.figure.axes) == 1


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"weights must have shape \(t_query, t_key\), got \(3,\)"):
        plot_attention([0.1, 0.2, 0.7])
    with pytest.raises(ValueError, match="2 names of queries, 2 of keys"):
        plot_attention([[0.1, 0.2, 0.7]] * 2, ["a", "b"], ["c", "d"])
