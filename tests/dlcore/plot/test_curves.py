"""Curves show the numbers they were given."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from dlcore.plot import plot_curves, plot_layer_statistics, plot_learning_curves, use_style
from dlcore.training import History


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.mark.reference("matplotlib.axes.Axes.plot", of="dlcore.plot.plot_curves")
def test_a_derivative_is_dashed_in_its_functions_colour():
    z = torch.linspace(-2, 2, 41, requires_grad=True)
    functions = {"sigmoid": z.sigmoid(), "tanh": z.tanh()}
    ax = plot_curves(z, functions, {"tanh": 1 - z.tanh() ** 2}, ylabel="h")
    sigmoid, tanh, slope = ax.get_lines()
    assert np.array_equal(slope.get_ydata(), (1 - z.tanh() ** 2).detach().numpy())
    assert slope.get_color() == tanh.get_color() != sigmoid.get_color()
    assert (tanh.get_linestyle(), slope.get_linestyle()) == ("-", "--")
    assert [t.get_text() for t in ax.get_legend().get_texts()][2] == "tanh, derivative"


def test_curves_without_derivatives_differ_in_line_style():
    lines = plot_curves([0, 1], {"a": [0, 1], "b": [1, 0]}).get_lines()
    assert lines[0].get_linestyle() != lines[1].get_linestyle()


def test_axes_can_be_given_and_bfloat16_be_drawn():
    _, ax = plt.subplots()
    assert plot_curves([0, 1], {"a": torch.tensor([0, 1], dtype=torch.bfloat16)}, ax=ax) is ax
    assert len(plt.get_fignums()) == 1


@pytest.mark.reference("matplotlib.axes.Axes.plot", of="dlcore.plot.plot_learning_curves")
@pytest.mark.parametrize(("name", "best"), [("loss", 2), ("accuracy", 3)])
def test_learning_curves_mark_the_best_validation_epoch(name, best):
    history = History({name: [3.0, 2.0, 1.0], f"validation_{name}": [3.0, 2.0, 3.5]})
    for records in (history, history.as_dict()):
        ax = plot_learning_curves(records, name)
        training, validation, mark = ax.get_lines()
        assert list(training.get_xdata()) == [1, 2, 3]
        assert list(validation.get_ydata()) == [3, 2, 3.5]
        assert list(mark.get_xdata()) == [best]


def test_learning_curves_without_validation():
    assert len(plot_learning_curves({"loss": [2.0, 1.0]}, log=True).get_lines()) == 1


@pytest.mark.reference("matplotlib.axes.Axes.semilogy", of="dlcore.plot.plot_layer_statistics")
def test_layer_statistics_leave_out_zeros_on_the_log_axis():
    ax = plot_layer_statistics({"a": torch.tensor([1, 0.1, 0.0]), "b": [1, 1, 1]}, ylabel="s")
    a, b = ax.get_lines()
    assert list(a.get_xdata()) == [1, 2, 3]
    assert a.get_marker() != b.get_marker()
    ax.figure.canvas.draw()
    assert ax.get_ylim()[0] > 0


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"a: shape \(3,\), x has \(2,\)"):
        plot_curves([0, 1], {"a": [1, 2, 3]})
    with pytest.raises(ValueError, match=r"derivatives without a function: \['b'\]"):
        plot_curves([0, 1], {"a": [1, 2]}, {"b": [1, 2]})
    with pytest.raises(ValueError, match=r"'acc' was not recorded; there are \['loss'\]"):
        plot_learning_curves({"loss": [1.0]}, "acc")
    with pytest.raises(ValueError, match=r"a: one number per layer is needed, got shape \(1, 2\)"):
        plot_layer_statistics({"a": [[1, 2]]}, ylabel="s")
