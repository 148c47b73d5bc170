import json

import numpy as np
import pytest
import scipy.stats
import torch
from torch.nn import functional as F

from dlcore.data import make_dates
from dlcore.explorables import attention_heads
from dlcore.explorables.attention_heads import (
    ISO,
    MONTH,
    SCRIPTS,
    WRITTEN,
    _tokens,
    rewrite,
    trained,
)
from tests.parity import assert_close


def random_weights(heads=3, outputs=5, tokens=4):
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.dirichlet(np.ones(tokens), (heads, outputs)))


def shown(weights, **options):
    n, m = weights.shape[1:]
    return attention_heads(
        weights, [f"s{k}" for k in range(m)], [f"t{k}" for k in range(n)], **options
    )


@pytest.mark.reference(
    "torch.nn.functional.multi_head_attention_forward", of="dlcore.explorables.attention_heads"
)
def test_the_weights_in_the_page_are_those_of_torch():
    model, state = trained(), attention_heads(output=MONTH).state
    caught = {}
    layer = model.decoder.multihead_attn
    hook = layer.register_forward_hook(
        lambda layer, args, kwargs, output: caught.update(query=args[0], key=args[1]),
        with_kwargs=True,
    )
    x = model.source.encode(_tokens(WRITTEN))[None]
    y = model.target.encode(ISO, bos=True)[None, :-1]
    with torch.no_grad():
        model(x, y)
        hook.remove()
        query, key = (caught[name].transpose(0, 1) for name in ("query", "key"))
        _, expected = F.multi_head_attention_forward(
            query, key, key, layer.embed_dim, layer.num_heads, layer.in_proj_weight,
            layer.in_proj_bias, None, None, False, 0.0, layer.out_proj.weight, layer.out_proj.bias,
            average_attn_weights=False,
        )  # fmt: skip
    assert_close(np.array(state["weights"]) / 1000, expected[0], rtol=0, atol=6e-4)


def test_the_finding():
    written, weights = rewrite(WRITTEN)
    assert written == ISO
    assert written[MONTH : MONTH + 2] == "03"
    finding = attention_heads().finding
    for n in (MONTH, MONTH + 1):
        assert ", ".join(f"{v:.0%}" for v in weights[:, n, 0].tolist()) in finding
    head = int(weights[:, MONTH, 0].argmax())
    digits = [m for m, token in enumerate(_tokens(WRITTEN)) if token.isdigit()]
    assert weights[head, MONTH, 0] > 0.5
    assert weights[head][:, digits].max() > 0.5
    strongest = weights.argmax(-1).T.tolist()
    assert sum(len(set(row)) <= 2 for row in strongest) >= 3


def test_the_model_has_learned_to_rewrite_dates():
    model, right = trained(), []
    for text, iso in make_dates(100, generator=torch.Generator().manual_seed(5)):
        x = model.source.encode(_tokens(text))[None]
        y = model.target.encode(iso, bos=True)[None]
        with torch.no_grad():
            right.append((model(x, y[:, :-1]).argmax(-1) == y[:, 1:]).double().mean())
    assert torch.stack(right).mean() > 0.95


def test_means_and_spread_in_the_page(javascript):
    weights = random_weights()
    given = shown(weights).state["weights"]
    got = javascript(SCRIPTS, "[meanOf(weights), weights[0].map(spread)]", weights=given)
    assert_close(np.array(got[0]) / 1000, weights.mean(0), rtol=0, atol=1e-3)
    expected = np.exp(scipy.stats.entropy(np.array(given[0]), axis=1))
    assert_close(got[1], expected, rtol=1e-6)


def test_the_still_says_what_the_caller_asked_for():
    weights = random_weights()
    figure = shown(weights, output=2, question="Where?")
    most = int(weights[0, 2].argmax())
    assert (
        f"lines from output 3, “t2”, as thick as the weights of head 1, the thickest to “s{most}”"
        in figure.alt
    )
    assert f"({weights[0, 2, most]:.0%})" in figure.alt
    assert figure.question == "Where?"
    assert "March" not in json.dumps(figure.state) + figure.finding


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("weights", "source", "target", "message"),
    [
        (random_weights(), "abc", "abcde", r"weights must be \(heads, 5, 3\) .* got \(3, 5, 4\)"),
        (random_weights()[0], "abcd", "abcde", r"got \(5, 4\)"),
        (random_weights(9), "abcd", "abcde", "there may be 8 heads and 16 tokens"),
        (random_weights(1, 5, 17), 17 * "a", "abcde", "there may be 8 heads and 16 tokens"),
        (2 * random_weights(), "abcd", "abcde", "each row of weights must be a distribution"),
        (torch.full((1, 5, 4), torch.nan), "abcd", "abcde", "must be a distribution"),
    ],
)
def test_bad_input(weights, source, target, message):
    with pytest.raises(ValueError, match=message):
        attention_heads(weights, source, target)


@pytest.mark.bad_input
@pytest.mark.parametrize("output", [-1, 5])
def test_no_such_output(output):
    with pytest.raises(ValueError, match=f"output must lie between 0 and 4, got {output}"):
        shown(random_weights(), output=output)
