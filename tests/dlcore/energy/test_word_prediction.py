"""A log-bilinear model by hand, and a cycle of words that each loss must learn."""

import math

import pytest
import torch

from dlcore.energy import LogBilinearModel, train_word_predictor
from tests.parity import assert_close


@pytest.mark.reference("worked by hand", of="dlcore.energy.LogBilinearModel")
def test_scores_by_hand(generator):
    model = LogBilinearModel(5, 3, context=2)
    model.position.data.normal_(generator=generator)
    contexts, targets = torch.tensor([[1, 4], [0, 0]]), torch.tensor([2, 3])
    r, u = model.words.weight, model.position
    expected = torch.stack([u[0] * r[1] + u[1] * r[4], (u[0] + u[1]) * r[0]])
    logits = expected @ model.target.T + model.bias
    assert_close(model.predict(contexts), expected, rtol=1e-5)
    assert_close(model(contexts), logits, rtol=1e-5)
    log_Z = logits.exp().sum(1).log()
    assert_close(model.log_partition(contexts), log_Z, rtol=1e-5, atol=1e-6)
    assert_close(model.log_prob(contexts, targets), logits[[0, 1], targets] - log_Z, rtol=1e-5)
    assert LogBilinearModel(5, 3, 2).bias.exp().sum().item() == pytest.approx(1, rel=1e-5)


def cycle_with_slips(generator, n=1500):
    """The next of 6 words follows with 0.8, any other with 0.04."""
    steps = 1 + torch.randint(5, (n,), generator=generator)
    steps = torch.where(torch.rand(n, generator=generator) < 0.76, 1, steps + 1)
    return steps.cumsum(0) % 6


@pytest.mark.reference("the chain that made the words", of="dlcore.energy.train_word_predictor")
@pytest.mark.parametrize(
    ("loss", "k"), [("softmax", 1), ("nce", 300), ("sampled_softmax", 4), ("self_normalized", 1)]
)
def test_every_loss_learns_the_chain(loss, k, generator):
    words = cycle_with_slips(generator)
    table = torch.zeros(6, 6)
    table.index_put_((words[:-1], words[1:]), torch.tensor(1.0), accumulate=True)
    table = table / table.sum(1, keepdim=True)
    torch.manual_seed(0)
    model = LogBilinearModel(6, 6, context=1)
    model.bias.data += 1
    losses = train_word_predictor(
        model, words[:-1, None], words[1:], loss=loss, k=k, epochs=25, batch_size=100, lr=0.03,
        generator=generator, progress=False,
    )  # fmt: skip
    assert losses.shape == (25 * 15,)
    told = model(torch.arange(6)[:, None]).softmax(1)
    assert (told - table).abs().max() < 0.12
    log_Z = model.log_partition(torch.arange(6)[:, None])
    if loss in ("nce", "self_normalized"):
        assert log_Z.abs().mean() < 0.2
    else:
        assert log_Z.mean() > 0.5
    assert losses[-15:].mean() < losses[:15].mean() - 0.2


@pytest.mark.bad_input
def test_bad_input():
    model, x, y = LogBilinearModel(4, 3, 1), torch.zeros(2, 1).long(), torch.zeros(2).long()
    with pytest.raises(ValueError, match="at least 1"):
        LogBilinearModel(4, 0, 1)
    with pytest.raises(ValueError, match=r"contexts \(n, 1\)"):
        model(torch.zeros(2, 2).long())
    with pytest.raises(ValueError, match="unknown loss"):
        train_word_predictor(model, x, y, loss="hinge")
    with pytest.raises(ValueError, match="at least 1"):
        train_word_predictor(model, x, y, k=0)
    with pytest.raises(ValueError, match="positive noise"):
        train_word_predictor(model, x, y, noise=torch.zeros(4))
    assert math.isfinite(train_word_predictor(model, x, y, progress=False)[0])
