import numpy as np
import pytest
import torch

from dlcore.explorables import lstm_gates
from dlcore.explorables.lstm_gates import (
    ERASED,
    KEPT,
    SCRIPTS,
    SENTENCE,
    erased_at_blanks,
    read,
    trained,
)
from dlcore.nn import LSTMGates
from tests.parity import assert_close

UNPACKED = "traces(await unpack(state.packed), state)"


def made_up(t=7, h=3):
    draw = torch.Generator().manual_seed(0)
    return LSTMGates(*torch.rand(6, t, h, generator=draw, dtype=torch.float64))


@pytest.mark.reference("torch.nn.LSTM", of="dlcore.explorables.lstm_gates")
def test_the_states_in_the_page_are_those_of_torch(javascript):
    reader, alphabet = trained()
    lstm = torch.nn.LSTM(len(alphabet), reader.hidden_size, batch_first=True, dtype=torch.float64)
    lstm.load_state_dict(reader.state_dict())
    state = lstm_gates().state
    values = np.array(javascript(SCRIPTS, f"(async () => {UNPACKED})()", state=state))
    x = torch.eye(len(alphabet), dtype=torch.float64)[[alphabet.index(c) for c in SENTENCE]]
    h = c = torch.zeros(1, 1, reader.hidden_size, dtype=torch.float64)
    for n, letter in enumerate(x):
        output, (h, c) = lstm(letter[None, None], (h, c))
        got = torch.from_numpy(values[:, :, n])
        assert_close(got[3], c.detach()[0, 0], rtol=0, atol=6e-4)
        assert_close(got[2] * got[3].tanh(), output.detach()[0, 0], rtol=0, atol=2e-3)


def test_what_travels_is_what_was_given(javascript):
    gates, sentence = made_up(), "ab cd e"
    state = lstm_gates(gates, sentence, letter=2, cell=1).state
    got = np.array(javascript(SCRIPTS, f"(async () => {UNPACKED})()", state=state))
    for values, given in zip(got, (gates.f, gates.i, gates.o, gates.c), strict=True):
        assert_close(values, given.T, rtol=0, atol=5.1e-4)


def test_the_finding_some_cells_are_erased_and_most_keep():
    gates = read(SENTENCE)
    erased, kept, at_blanks = erased_at_blanks(gates, SENTENCE)
    assert 1 <= erased.sum() < 8 < kept.sum()
    by_hand = gates.f[[t for t in range(len(SENTENCE)) if SENTENCE[t] == " "]].mean(0)
    assert_close(at_blanks, by_hand)
    assert erased.tolist() == (by_hand < ERASED).tolist()
    assert kept.tolist() == (by_hand > KEPT).tolist()
    finding = lstm_gates().finding
    assert f"Of 16 cells {int(erased.sum())} close their forget gate at blanks" in finding
    assert f"{int(kept.sum())} stay above 0.8" in finding
    assert 0.9**7 < 0.5 < 0.9**6


def test_the_still_says_what_the_caller_asked_for():
    gates = made_up()
    figure = lstm_gates(gates, "ab cd e", letter=4, question="Where?")
    k = int(gates.f[[2, 5]].mean(0).argmin())
    assert figure.state["cell"] == k
    assert f"at letter 5, where that of cell {k + 1} is {gates.f[4, k]:.2f}." in figure.alt
    assert figure.question == "Where?"


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sentence": "word"}, "give 2 to 40 letters with a blank, got 'word'"),
        ({"sentence": 30 * "a b"}, "give 2 to 40 letters with a blank"),
        ({"sentence": "É t"}, "the reader does not know 'É'"),
        ({"gates": made_up(), "sentence": "a b"}, r"gates must be \(3, cells\), got .*\(7, 3\)"),
        ({"gates": made_up(3, 41), "sentence": "a b"}, "there may be 40 cells, got 41"),
        ({"gates": made_up(3), "sentence": "a b", "letter": 3}, "letter must lie between 0 and 2"),
        ({"gates": made_up(3), "sentence": "a b", "letter": 0, "cell": 3}, "cell must lie between"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        lstm_gates(**arguments)
