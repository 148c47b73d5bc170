import pytest
import torch
from scipy.special import softmax

from dlcore.explorables import chains_in_landscape
from dlcore.explorables.chains_in_landscape import chains_right, heap, right_of_middle
from tests.dlcore.explorables.pages import made_up_landscapes


def test_the_right_half():
    p = torch.tensor([0.1, 0.2, 0.3, 0.15, 0.25], dtype=torch.float64)
    assert right_of_middle(-p.log()) == pytest.approx(0.4)
    assert right_of_middle(3 - p[:4].log()) == pytest.approx(0.45 / 0.75)
    assert chains_right(torch.tensor([0, 2, 3, 4, 4]), 5) == 3
    assert chains_right(torch.tensor([1, 2, 3]), 4) == 2


def test_chains_are_heaped_upon_their_levels():
    places = heap([0] * 7 + [2], [1.0, 5.0, 2.0])
    assert len(set(places)) == 8
    assert all(abs(x) < 0.5 and y > 1 for x, y in places[:7])
    assert len({y for _, y in places[:5]}) == 1
    assert places[5][1] > places[4][1]
    assert abs(places[7][0] - 2) < 0.5
    assert places[7][1] > 2


@pytest.mark.reference("scipy.special.softmax", of="dlcore.explorables.chains_in_landscape")
def test_labels_and_finding_are_computed():
    landscapes, chains, steps = made_up_landscapes()
    figure = chains_in_landscape(landscapes, chains, steps)
    assert len(figure.state["labels"]) == len(steps)
    for name in landscapes:
        share = softmax(-landscapes[name].numpy(), axis=1)[:, 3:].sum(1)
        there = (chains[name] > 2).sum(1)
        for k, label in enumerate(figure.state["labels"]):
            assert label.startswith(f"Step {steps[k]}. ")
            assert f"{name}: {share[k]:.3f} of the probability and {there[k]} of 12 chains" in label
        assert (
            f"By {name} the right half goes from {share[0]:.3f} of the probability to "
            f"{share[-1]:.3f}, with {there[0]} of its 12 chains there in the beginning and "
            f"{there[-1]} at the end." in figure.finding
        )


def test_the_still_shows_the_end_and_the_reader_begins_at_the_start():
    landscapes, chains, steps = made_up_landscapes()
    figure = chains_in_landscape(landscapes, chains, steps, question="Who?")
    assert figure.question == "Who?"
    assert figure.state["labels"][-1] in figure.alt
    assert (figure.state["start"], figure.state["shown"]) == (0, len(steps) - 1)
    one = chains_in_landscape({"PCD": landscapes["PCD"]}, {"PCD": chains["PCD"]}, steps)
    assert len(one.panels) == 1


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("which", "change", "message"),
    [
        (0, {"PT": torch.zeros(4, 5)}, "must be of the same 1 to 2 methods"),
        (0, {"PCD": torch.zeros(3, 5)}, "PCD must have a row for each of 4 steps"),
        (0, {"PCD": torch.zeros(4, 30)}, "there may be 2 to 61 steps and 21 levels"),
        (1, {"PCD": torch.zeros(4, 201).long()}, "there may be 1 to 200 chains, got 201"),
        (1, {"PCD": torch.full((4, 3), 5)}, "levels of chains must lie between 0 and 4"),
    ],
)
def test_bad_input(which, change, message):
    given = list(made_up_landscapes())
    given[which] = {**given[which], **change}
    with pytest.raises(ValueError, match=message):
        chains_in_landscape(*given)
