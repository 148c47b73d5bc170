"""Encoders of text and of patches: torch's own layers with copied weights, masks, frequencies."""

import pytest
import scipy.stats
import torch
from torch.nn import functional as F

from dlcore import models
from tests.parity import assert_close

SIZES = {"d_model": 8, "nhead": 2, "num_layers": 2, "dim_feedforward": 12, "dropout": 0.0}


def encoder(**kwargs):
    torch.manual_seed(0)
    return models.TextEncoder(13, **SIZES, max_len=9, **kwargs).double().eval()


@pytest.fixture
def tokens(generator):
    rows = torch.randint(1, 13, (3, 7), generator=generator)
    rows[1, 5:], rows[2, 3:] = 0, 0
    return rows


@pytest.mark.reference("torch.nn.TransformerEncoder", of="dlcore.models.TextEncoder")
def test_against_torch_with_copied_weights(tokens):
    ours = encoder(segments=2)
    layer = torch.nn.TransformerEncoderLayer(
        8, 2, 12, 0.0, "gelu", batch_first=True, norm_first=True
    )
    theirs = torch.nn.TransformerEncoder(
        layer, 2, torch.nn.LayerNorm(8), enable_nested_tensor=False
    ).double()
    theirs.load_state_dict(ours.encoder.state_dict())
    segments = (torch.arange(7) > 2).long().expand(3, 7)
    x = ours.embedding.weight[tokens] + ours.segments.weight[segments] + ours.positions.weight[:7]
    expected = theirs(x, src_key_padding_mask=tokens == 0)
    assert_close(ours(tokens, segments)[tokens != 0], expected[tokens != 0].detach())


@pytest.mark.reference("texts one by one", of="dlcore.models.TextClassifier")
@pytest.mark.reference("texts one by one", of="dlcore.models.MaskedLM")
def test_padding_changes_nothing(tokens):
    classifier = models.TextClassifier(encoder(), 4).double().eval()
    guesser = models.MaskedLM(classifier.encoder).double().eval()
    logits, guesses = classifier(tokens), guesser(tokens)
    for row, length in enumerate((7, 5, 3)):
        alone = tokens[row : row + 1, :length]
        vectors = classifier.encoder(alone)[0]
        head = classifier.head
        assert_close(logits[row], (vectors.mean(0) @ head.weight.T + head.bias).detach())
        hidden = F.gelu(vectors @ guesser.transform[0].weight.T + guesser.transform[0].bias)
        scores = F.layer_norm(hidden, (8,)) @ classifier.encoder.embedding.weight.T
        assert_close(guesses[row, :length], scores.detach(), rtol=1e-5, atol=1e-7)
    assert_close(classifier(tokens * 0), classifier.head.bias.expand(3, 4))


@pytest.mark.reference("a softmax over the passage", of="dlcore.models.SpanReader")
def test_answers_come_from_the_passage(tokens):
    reader = models.SpanReader(encoder(segments=2)).double().eval()
    segments = (torch.arange(7) > 1).long().expand(3, 7)
    start, end = reader(tokens, segments)
    passage = (segments == 1) & (tokens != 0)
    assert torch.equal(start.isfinite(), passage)
    assert torch.equal(end.isfinite(), passage)
    scores = reader.head(reader.encoder(tokens, segments))[..., 1]
    assert_close(end.softmax(1)[0, 2:], scores[0, 2:].softmax(0).detach())


@pytest.mark.reference("scipy.stats.binomtest", of="dlcore.models.mask_tokens")
def test_what_is_masked(generator):
    tokens = torch.randint(0, 20, (400, 100), generator=generator)
    inputs, targets = models.mask_tokens(
        tokens, 1, 20, probability=0.3, protected=(0, 2), generator=generator
    )
    chosen = targets != -100
    assert torch.equal(targets[chosen], tokens[chosen])
    assert torch.equal(inputs[~chosen], tokens[~chosen])
    assert not torch.isin(tokens[chosen], torch.tensor([0, 2])).any()
    free = ~torch.isin(tokens, torch.tensor([0, 2]))
    hidden = chosen & (inputs == 1)
    other = chosen & (inputs != 1) & (inputs != tokens)
    # A token drawn at random is the old one once in 17 times; the mask itself is never drawn
    seen, n = (tokens != 1) & chosen, int(((tokens != 1) & chosen).sum())
    for count, of, p in [
        (int(chosen.sum()), int(free.sum()), 0.3),
        (int((hidden & seen).sum()), n, 0.8),
        (int((other & seen).sum()), n, 0.1 * 16 / 17),
    ]:
        assert scipy.stats.binomtest(count, of, p).pvalue > 1e-4
    drawn = inputs[other]
    assert sorted(drawn.unique().tolist()) == list(range(3, 20))
    counts = drawn.bincount(minlength=20)[3:].numpy()
    assert scipy.stats.chisquare(counts).pvalue > 1e-4
    same, nothing = models.mask_tokens(tokens, 1, 20, probability=0.0)
    assert torch.equal(same, tokens)
    assert (nothing == -100).all()


@pytest.mark.reference("loops over tokens", of="dlcore.models.repetition_penalty")
def test_tokens_that_were_said_lose_score(tokens, generator):
    logits = torch.randn(3, 13, generator=generator)
    expected = logits.clone()
    for row, prefix in zip(expected, tokens.tolist(), strict=True):
        for token in set(prefix):
            row[token] = row[token] / 1.5 if row[token] > 0 else row[token] * 1.5
    assert_close(models.repetition_penalty(logits, tokens, 1.5), expected, rtol=1e-6)
    assert torch.equal(models.repetition_penalty(logits, tokens, 1.0), logits)


@pytest.mark.reference("torch.nn.functional.unfold", of="dlcore.models.patchify")
@pytest.mark.reference("torch.nn.functional.fold", of="dlcore.models.unpatchify")
def test_patches(generator):
    x = torch.randn(2, 3, 8, 12, generator=generator)
    patches = models.patchify(x, 4)
    assert torch.equal(patches, F.unfold(x, 4, stride=4).mT)
    other = torch.randn(2, 6, 48, generator=generator)
    assert torch.equal(models.unpatchify(other, 4, (8, 12)), F.fold(other.mT, (8, 12), 4, stride=4))


@pytest.mark.reference("hidden pixels changed", of="dlcore.models.MaskedAutoencoder")
@pytest.mark.reference("hidden pixels changed", of="dlcore.models.Reconstruction")
def test_hidden_patches_are_not_seen(generator):
    torch.manual_seed(0)
    model = models.MaskedAutoencoder(12, 4, 2, d_model=8, nhead=2, mask_ratio=5 / 9).eval()
    x = torch.rand(3, 2, 12, 12, generator=generator)
    filled, hidden, loss = model(x, generator=generator)
    assert hidden.sum(dim=1).tolist() == [5, 5, 5]
    pixels = hidden.reshape(3, 1, 3, 3).repeat_interleave(4, 2).repeat_interleave(4, 3)
    changed = torch.where(pixels, 1 - x, x)
    again = model(changed, hidden)
    predicted = pixels.expand_as(x)
    assert_close(again.images[predicted], filled[predicted], rtol=1e-4, atol=1e-6)
    assert torch.equal(filled[~predicted], x[~predicted])
    error = (filled - x)[predicted].square().mean()
    assert_close(loss, error, rtol=1e-5)
    assert_close(again.loss, (again.images - changed)[predicted].square().mean(), rtol=1e-5)
    assert model.encode(x).shape == (3, 9, 8)
    order = model.encode(x, hidden)
    assert order.shape == (3, 4, 8)


def test_masks_hide_every_patch_equally_often(generator):
    model = models.MaskedAutoencoder(12, 4, d_model=4, nhead=1, mask_ratio=2 / 3)
    counts = model.draw_mask(3000, generator).sum(dim=0).double()
    assert ((counts / 3000 - 2 / 3).abs() < 0.04).all()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.TextEncoder(0), "got 0 and 1"),
        (lambda: encoder()(torch.ones(1, 10, dtype=torch.long)), r"1\.\.9, got \(1, 10\)"),
        (lambda: models.TextClassifier(encoder(), 0), "got 0"),
        (
            lambda: models.SpanReader(encoder())(torch.ones(1, 3).long(), torch.ones(1, 4).long()),
            r"\(1, 4\)",
        ),
        (lambda: models.mask_tokens(torch.ones(1, 1).long(), 1, 9, probability=2), "got 2"),
        (lambda: models.mask_tokens(torch.tensor([[9]]), 1, 9), r"0\.\.8"),
        (lambda: models.mask_tokens(torch.tensor([[1]]), 1, 2), "every token is protected"),
        (
            lambda: models.repetition_penalty(torch.ones(1, 3), torch.ones(2, 3).long()),
            r"\(1, 3\) and \(2, 3\)",
        ),
        (
            lambda: models.repetition_penalty(torch.ones(1, 3), torch.ones(1, 3).long(), 0.5),
            "got 0.5",
        ),
        (lambda: models.repetition_penalty(torch.ones(1, 3), torch.tensor([[3]])), r"0\.\.2"),
        (lambda: models.patchify(torch.zeros(1, 1, 6, 6), 4), "that 4 divides"),
        (lambda: models.unpatchify(torch.zeros(1, 5, 16), 4, (8, 8)), "8 x 8 pixels"),
        (lambda: models.MaskedAutoencoder(10, 4), "do not fill a side of 10"),
        (lambda: models.MaskedAutoencoder(8, 4, mask_ratio=1.0), "leaves 0"),
        (lambda: models.MaskedAutoencoder(8, 4)(torch.zeros(1, 1, 12, 12)), "side 8"),
        (
            lambda: models.MaskedAutoencoder(8, 4)(
                torch.zeros(2, 1, 8, 8), torch.eye(4)[:2].cumsum(0) > 0
            ),
            "hides equally many",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
