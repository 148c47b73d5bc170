import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from dlcore import energy
from dlcore.explorables import annealed_weights
from dlcore.explorables.annealed_weights import estimate, standard_error, worth
from tests.dlcore.explorables.pages import made_up_weights


def test_estimates_are_those_of_the_library():
    g = torch.Generator().manual_seed(0)
    model = energy.RBM(6, 4, dtype=torch.float64, generator=g)
    run = energy.rbm_ais(model, torch.linspace(0, 1, 5), chains=40, generator=g)
    assert estimate(run.log_weights) == pytest.approx(float(run.estimate.value))
    error = float(run.estimate.standard_error)
    assert standard_error(run.log_weights) == pytest.approx(error, rel=0.05)


@pytest.mark.reference("scipy.special.logsumexp", of="dlcore.explorables.annealed_weights")
def test_labels_say_what_the_weights_say():
    runs, log_z = made_up_weights()
    labels = annealed_weights(runs, log_z).state["labels"]
    for (n, logs), label in zip(runs.items(), labels, strict=True):
        value = logsumexp(logs.numpy()) - np.log(len(logs))
        w = np.exp(logs.numpy() - logs.max().item())
        side = "above" if value > log_z else "below"
        assert label.startswith(
            f"{n} temperatures: the estimate is {value:.3f}, {abs(value - log_z):.3f} {side} log Z,"
        )
        count = w.sum() ** 2 / (w**2).sum()
        assert label.endswith(f"standard error {standard_error(logs):.3f}; 60 chains are worth "
                              f"{count:.0f}.")  # fmt: skip


def test_the_finding_is_computed():
    runs, log_z = made_up_weights()
    finding = annealed_weights(runs, log_z).finding
    below = 100 * (runs[2] < log_z).double().mean().item()
    assert f"With 2 temperatures {below:.0f} % of the weights lie below Z" in finding
    assert f"by more than {log_z - runs[2].median().item():.1f} nats" in finding
    assert f"60 chains are worth {worth(runs[2]):.0f}." in finding
    assert f"With 50 temperatures the weights are nearly equal, the chains are worth "\
        f"{worth(runs[50]):.0f}" in finding  # fmt: skip
    assert f"{abs(estimate(runs[2]) - log_z):.3f} " in finding


def test_the_still_shows_the_fewest_temperatures():
    runs, log_z = made_up_weights()
    figure = annealed_weights(dict(reversed(runs.items())), log_z, question="Which side?")
    assert figure.question == "Which side?"
    assert figure.state["labels"][0] in figure.alt
    assert figure.state["labels"][0].startswith("2 temperatures")
    assert figure.svg().count('data-part="bar') == 1 + len(runs)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({2: None}, "there may be 2 to 10 runs, got 1"),
        ({1: torch.zeros(20)}, "temperatures must lie between 2 and 1e"),
        ({9: torch.zeros(5)}, r"of 10 chains or more, got \(5,\)"),
        ({9: torch.full((20,), torch.nan)}, "weights must be finite"),
    ],
)
def test_bad_input(change, message):
    runs, log_z = made_up_weights()
    given = {n: v for n, v in {**runs, **change}.items() if v is not None}
    if None in change.values():
        given = {50: runs[50]}
    with pytest.raises(ValueError, match=message):
        annealed_weights(given, log_z)
