"""What the prose of chapter 10 says in numbers, from the notebook's own cells."""

import math
import re
from pathlib import Path

import pytest
import torch

import dlcore
from dlcore import nn
from tests.chapters.pages import CHAPTERS, Page

PAGE = Page("10_sequence_modeling")
LIBRARY = Path(dlcore.__file__).parent
MODULES = (
    *("alignment", "attention", "attention_masks", "bptt", "embedding", "flash_attention"),
    *("gradient_flow", "gru", "lstm", "multi_head_attention", "positional", "recurrent"),
    *("recurrent_init", "recursive", "sequences", "stacked", "transformer"),
)
FILES = [LIBRARY / "nn" / f"{name}.py" for name in MODULES] + [
    LIBRARY / "models" / f"{name}.py"
    for name in ("decoding", "language_model", "seq2seq", "transformer")
]
CITED = "\n".join(path.read_text("utf-8") for path in FILES)
OTHERS = [
    Page(path.stem) for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")) if path.stem[:2] != "10"
]
ELSEWHERE = {label for other in OTHERS for label in other.labels()}
OWN = sorted(set(re.findall(r":(?:eq|ref):`([\w-]+)`", CITED)) - ELSEWHERE)


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", OWN)
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(PAGE.labels()) > 80
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithms_stand_on_the_page():
    found = re.findall(r":label: (alg-[\w-]+)", PAGE.prose)
    assert found == ["alg-bptt", "alg-truncated-bptt", "alg-gru", "alg-beam-search"]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 90


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 15
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def by_name(of_functions: dict) -> dict:
    """What belongs to each function, by its name."""
    return {function.__name__: value for function, value in of_functions.items()}


def test_one_length_of_context_is_too_short_or_too_long(page):
    row = by_name(page.names["bits"])["one_length"]
    lowest = row.index(min(row))
    assert 2 <= lowest <= 4
    assert row[8] > row[lowest] + 1
    assert page.number("unseen_8") > 0.3 > 0.05 > page.number("unseen_3")
    assert page.number("bits_mixed") < min(row) - 0.3


def test_a_mixture_of_counts_is_a_distribution(page):
    guess, tables = page.names["all_lengths"], page.names["tables"]
    for past in ("", "the ", "exceptio", "zqxj"):
        total = sum(guess(tables, past, c) for c in page.names["characters"])
        assert total == pytest.approx(1.0)


def test_states_forget_or_scramble(page):
    trace = page.names["trace"]
    assert trace[0.5][-1] < 1e-12
    assert trace[3.0][-1] > 0.5


def test_contributions_of_steps(page):
    assert page.number("share_small") > 0.9
    assert page.number("share_large") < page.number("share_one") < page.number("share_small")


def test_jacobians_vanish_and_explode(page):
    lags = page.names["lags"]
    assert lags["tanh", 1.0][100] < 1e-18
    assert lags["tanh", 1.5][100] < 1e-6
    assert lags["tanh", 3.0][100] > 1e4
    assert lags["relu", 1.0][100] < 1e-12
    assert lags["relu", 2.0][100] > 1e8
    assert lags["identity", "orthogonal"][100] == pytest.approx(1.0)
    top = 1.5 * torch.linalg.svdvals(page.names["gaussian"])[0]
    assert (lags["tanh", 1.5] <= top ** torch.arange(101) * (1 + 1e-9)).all()
    assert [round(page.number(f"top_{n}"), 1) for n in (64, 1024)] == [1.9, 2.0]


def test_powers_of_the_prose():
    assert pytest.approx(2.7e-5, rel=0.02) == 0.9**100
    assert round(1.1**100) == 13781
    assert pytest.approx(9.5e-7, rel=0.01) == 0.25**10
    assert pytest.approx(7.9e-31, rel=0.01) == 0.5**100


def test_truncated_gradients_are_biased(page):
    angles = page.names["angles"]
    assert angles[12] == pytest.approx([1.0] * 50)
    assert all(sum(angles[k]) / 50 < 0.95 for k in (1, 2, 3, 4, 6))
    assert sum(a > b for a, b in zip(angles[3], angles[4], strict=True)) > 3


def test_forget_bias_decides_what_arrives(page):
    flows = page.names["flows"]
    assert flows["RNN"][0] < 1e-20
    assert flows["LSTM"][0] < 1e-12
    biased = [flows[f"LSTM, forget bias {b}"][0] for b in (1, 3, 5)]
    assert biased == sorted(biased)
    assert biased[1] > 1e-3
    assert page.number("side_paths") > 1e-3
    assert page.number("half_life_95") == pytest.approx(13.5, abs=0.05)
    assert page.number("half_life_99") == pytest.approx(69, abs=0.5)


def test_open_gates_remember(page):
    assert page.number("memory_lstm_4") > 0.95
    assert page.number("memory_rnn") < 0.45
    assert page.number("memory_lstm_0") < 0.45
    assert page.names["latched"]["RNN, orthogonal", 8][0] > 0.9
    assert page.number("mean_forget") > 0.9
    assert page.number("kept") > 0.5


def test_adding_problem(page):
    assert page.number("adding_constant") == pytest.approx(1 / 6, abs=0.02)
    errors = {name: mse for name, (_, mse, _) in page.names["added"].items()}
    assert errors["RNN"] > 0.03
    assert errors["GRU"] < 0.02
    assert errors["LSTM"] < 0.02
    assert page.number("z_marked") < page.number("z_unmarked") - 0.1


def test_network_is_level_with_counting(page):
    assert page.number("writer_bits") == pytest.approx(page.number("counting_bits"), abs=0.15)
    assert page.number("both_bits") < min(page.number("writer_bits"), page.number("counting_bits"))
    assert page.number("writer_train") < page.number("writer_bits") - 0.1
    assert page.number("reach_1") > page.number("reach_8") + 1
    assert page.number("reach_8") == pytest.approx(page.number("reach_128"), abs=0.1)
    there = by_name(page.names["counted_there"])
    assert min(there["one_length"]) > min(page.names["reach"]) + 0.2
    assert page.number("writer_parameters") > page.number("table_counts")
    assert page.number("writer_perplexity") == pytest.approx(2 ** page.number("writer_bits"))


def test_attention_rewrites_dates(page):
    assert page.names["attending_right"].double().mean() > 0.97
    assert 0.3 < page.names["fixed_right"].double().mean() < 0.95
    assert page.names["transformer_right"].double().mean() > 0.9


def test_weights_on_the_date_of_the_figures(page):
    words, looks, heads = (page.names[name] for name in ("words", "looks", "by_head"))
    assert words == ["Saturday", ",", "1", "3", "October", "2", "0", "0", "1"]
    assert page.names["iso"] == "2001-10-13"
    assert looks.argmax(1)[[3, 5, 6, 8, 9]].tolist() == [8, 4, 4, 2, 3]
    assert looks[:, 0].max() < 0.5
    assert (heads[:, 5:7, 4].amax(1) > 0.5).sum() > 1
    assert (heads[:, 5:7, 4].amax(0) > 0.5).all()
    assert (heads[:, [8, 9], [2, 3]] > 0.3).all()
    assert heads[:, :, 0].mean() < 0.2


def test_attention_costs():
    assert 2 * 100**2 * 50 + 4 * 100 * 50**2 == 2_000_000
    assert int(nn.local_attention_mask(10, 2).sum()) == 44
    assert int(nn.strided_attention_mask(1024, 32).sum()) == 48_144


def test_attention_does_not_know_distance(page):
    far = page.names["far"]
    assert far["RNN"][0] < 1e-9 * far["RNN"][-1]
    assert far["self-attention"][:-1].max() < 3 * far["self-attention"].min()


def test_both_directions_and_depth(page):
    assert page.number("tagged_both") > page.number("tagged_forward") + 0.005
    assert page.names["arrives"]["plain"][0] < 0.01
    assert 0.1 < page.number("depth_residual") < 10


def test_depth_of_trees(page):
    first = {name: slope[0] for name, slope in page.names["reached"].items()}
    assert first["balanced"] > 1e6 * first["chain"]


def test_own_guesses_are_worse_than_the_truth(page):
    assert page.number("alone_last") <= page.number("forced_last")


def test_beam_on_dates(page):
    assert 0 < page.number("beam_improved") <= page.number("doubtful")
    assert page.number("beam_found") < page.number("doubtful") / 2


def test_sunspots(page):
    linear, gru = page.number("sun_linear"), page.number("sun_gru")
    assert linear < 0.8 * page.number("sun_persistence")
    assert linear < 0.9 * page.number("sun_seasonal")
    assert gru == pytest.approx(linear, rel=0.25)
    assert page.names["years"][page.names["test_begin"]] == 1950


def test_random_walks_look_predictable(page):
    assert page.number("walk_level") > 0.95
    assert abs(page.number("walk_change")) < 0.02


def test_numbers_in_the_solutions():
    assert 32 * 500 * 1000 * 4 == 64e6
    assert pytest.approx(0.000977, abs=1e-6) == 0.5**10
    assert 3 * 50 * 151 == 22_650
    assert pytest.approx(0.13) == 0.45 * 0.9 - 0.55 * 0.5
    assert pytest.approx(0.39, abs=0.005) == 0.9**9
    assert 1e-24 < 0.9**511 < 1e-23
    assert 12 * 4 * 1000 == 48_000
    assert math.sqrt(512 / 8) == 8
    assert nn.rnn_num_params(2, 32, "lstm") == pytest.approx(
        nn.rnn_num_params(2, 66, "rnn"), rel=0.02
    )
    rolled = nn.attention_rollout([torch.tensor([[1.0, 0], [1, 0]])] * 2)
    assert rolled.tolist() == [[1.0, 0.0], [0.75, 0.25]]
