"""Heads on recurrent layers: against the layers put together by hand, and learning a batch."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import models
from dlcore.data import make_adding_problem, make_parity
from tests.parity import assert_close

CELLS = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.reference("torch.nn layers put together", of="dlcore.models.CharLM")
@pytest.mark.parametrize("cell", CELLS)
def test_language_model_of_torchs_layers(cell, generator):
    model = models.CharLM(11, 4, 8, num_layers=2, cell=cell, dropout=0.2).eval()
    tokens = torch.randint(11, (3, 7), generator=generator)
    peer = CELLS[cell](4, 8, 2, batch_first=True)
    peer.load_state_dict(model.rnn.state_dict())
    hidden = peer(F.embedding(tokens, model.embedding.weight))[0]
    expected = hidden @ model.head.weight.T + model.head.bias
    logits, _ = model(tokens)
    assert_close(logits, expected, rtol=1e-5, atol=1e-6)
    first, state = model(tokens[:, :3])
    second, _ = model(tokens[:, 3:], state)
    assert_close(torch.cat([first, second], 1), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_a_stepper_remembers_states(cell):
    model = models.CharLM(6, 4, 8, num_layers=2, cell=cell).double().eval()
    plain = lambda prefixes: model(prefixes)[0][:, -1]  # noqa: E731
    start = torch.tensor([3, 1])
    with torch.no_grad():
        expected = models.beam_search(plain, start, beam_size=3, max_new=6)
        found = models.beam_search(model.stepper(), start, beam_size=3, max_new=6)
        assert torch.equal(
            models.greedy_decode(plain, start, max_new=6),
            models.greedy_decode(model.stepper(), start, max_new=6),
        )
    for a, e in zip(found.hypotheses, expected.hypotheses, strict=True):
        assert torch.equal(a.tokens, e.tokens)
        assert_close(a.log_prob, e.log_prob)
    lengths = []
    step = model.stepper()
    model.rnn.register_forward_hook(lambda _, inputs, __: lengths.append(inputs[0].shape[1]))
    models.greedy_decode(step, start, max_new=5)
    assert lengths == [2, 1, 1, 1, 1]


def last_states(cell, model, X, lengths, both):
    """The last real state of each sequence, one by one."""
    rows = []
    for x, t in zip(X, lengths, strict=True):
        _, state = model.rnn(x[None, :t])
        state = state[0] if cell == "lstm" else state
        rows.append(torch.cat(list(state[-2 if both else -1 :, 0])))
    return torch.stack(rows)


@pytest.mark.reference("one sequence at a time", of="dlcore.models.SequenceClassifier")
@pytest.mark.reference("one sequence at a time", of="dlcore.models.SequenceTagger")
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("both", [False, True])
def test_padding_has_no_say(cell, both, generator):
    how = {"cell": cell, "bidirectional": both, "num_layers": 2}
    X = torch.randn(3, 7, 2, generator=generator)
    lengths = torch.tensor([4, 7, 1])
    judge = models.SequenceClassifier(2, 5, 8, **how)
    expected = judge.head(last_states(cell, judge, X, lengths.tolist(), both))
    assert_close(judge(X, lengths), expected, rtol=1e-5, atol=1e-6)
    spoilt = X.clone()
    spoilt[0, 4:], spoilt[2, 1:] = 99, -99
    assert torch.equal(judge(spoilt, lengths), judge(X, lengths))
    tagger = models.SequenceTagger(2, 5, 8, **how)
    tags = tagger(X, lengths)
    assert tags.shape == (3, 7, 5)
    for n, t in enumerate(lengths.tolist()):
        expected = tagger.head(tagger.rnn(X[n : n + 1, :t])[0])
        assert_close(tags[n : n + 1, :t], expected, rtol=1e-5, atol=1e-6)


def test_tokens_are_embedded(generator):
    tokens = torch.randint(11, (3, 7), generator=generator)
    model = models.SequenceTagger(11, 5, embedding_dim=4)
    expected = model.head(model.rnn(model.embedding(tokens))[0])
    assert_close(model(tokens), expected)
    assert models.SequenceClassifier(11, 5, embedding_dim=4)(tokens).shape == (3, 5)


def trained(model, loss, steps, lr=0.02):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
    return value.item()


def test_one_batch_can_be_learnt(generator):
    text = torch.randint(5, (4, 9), generator=generator)
    model = models.CharLM(5, 8, 32)
    logits = lambda: model(text[:, :-1])[0].flatten(0, 1)  # noqa: E731
    first = F.cross_entropy(logits(), text[:, 1:].flatten()).item()
    last = trained(model, lambda: F.cross_entropy(logits(), text[:, 1:].flatten()), 150)
    assert first > 1.4
    # the first transitions are ambiguous for a model without more context
    assert last < 0.35
    X, Y = make_parity(8, 6, generator=generator)
    tagger = models.SequenceTagger(1, 2, 16)
    assert trained(tagger, lambda: F.cross_entropy(tagger(X).flatten(0, 1), Y.flatten()), 200) < 0.1
    X, y = make_adding_problem(16, 5, generator=generator)
    adder = models.SequenceClassifier(2, 1, 16, cell="gru")
    assert trained(adder, lambda: F.mse_loss(adder(X).squeeze(1), y), 200) < 0.01


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: models.CharLM(5, cell="tree"), "unknown cell"),
        (lambda: models.CharLM(5, num_layers=0), "at least 1"),
        (lambda: models.SequenceTagger(2, 3)(torch.zeros(5, 7, 4)), r"\(n, t, 2\)"),
        (lambda: models.SequenceClassifier(2, 3, embedding_dim=4)(torch.zeros(5, 7)), "tokens"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
