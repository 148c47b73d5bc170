"""Two towers: a bilinear form recovered from its scores, and the loss of torch."""

import pytest
import torch
from torch import nn

from dlcore.applications import TwoTower, in_batch_softmax_loss
from tests.parity import assert_close


@pytest.mark.reference("torch.nn.functional.bilinear", of="dlcore.applications.TwoTower")
def test_linear_towers_are_a_bilinear_form_of_low_rank(generator):
    torch.manual_seed(0)
    model = TwoTower(4, 5, dimension=2).double()
    for tower in (model.user_tower, model.item_tower):
        nn.init.zeros_(tower[0].bias)
    users = torch.randn(6, 4, generator=generator, dtype=torch.float64)
    items = torch.randn(6, 5, generator=generator, dtype=torch.float64)
    M = model.user_tower[0].weight.T @ model.item_tower[0].weight
    expected = nn.functional.bilinear(users, items, M[None])[:, 0]
    assert_close(model(users, items).diagonal(), expected)
    assert torch.linalg.matrix_rank(M) == 2


def test_items_without_a_rating_are_scored_by_their_features(generator):
    """Scores of 15 users and 12 items teach the form; 5 new items are foreseen."""
    torch.manual_seed(0)
    users = torch.randn(15, 3, generator=generator)
    items = torch.randn(17, 4, generator=generator)
    truth = users @ torch.randn(3, 4, generator=generator) @ items.T
    model = TwoTower(3, 4, dimension=3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        loss = (model(users, items[:12]) - truth[:, :12]).square().mean()
        loss.backward()
        optimizer.step()
    new = (model(users, items[12:]) - truth[:, 12:]).detach().square().mean()
    assert new < 0.02 * truth.var()


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy", of="dlcore.applications.in_batch_softmax_loss"
)
def test_the_loss_is_a_cross_entropy(generator):
    scores = torch.randn(7, 7, generator=generator, dtype=torch.float64)
    log_q = torch.rand(7, generator=generator, dtype=torch.float64).log()
    right = torch.arange(7)
    assert_close(in_batch_softmax_loss(scores), nn.functional.cross_entropy(scores, right))
    expected = nn.functional.cross_entropy(scores - log_q, right)
    assert_close(in_batch_softmax_loss(scores, log_q), expected)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"\(b, b\) are needed, got \(2, 3\)"):
        in_batch_softmax_loss(torch.zeros(2, 3))
    with pytest.raises(ValueError, match=r"got shape \(3,\)"):
        in_batch_softmax_loss(torch.zeros(2, 2), torch.zeros(3))
    with pytest.raises(ValueError, match="at least 1"):
        TwoTower(0, 3)
