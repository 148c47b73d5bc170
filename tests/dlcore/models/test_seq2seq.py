"""Encoder, decoders and attention step by step; teacher forcing, its schedules, REINFORCE."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from dlcore.models import (
    AttentionDecoder,
    Decoder,
    DecoderStep,
    Encoder,
    Memory,
    Seq2Seq,
    scheduled_sampling_prob,
    sequence_reinforce_loss,
)
from dlcore.nn import DotProductAttention
from tests.parity import assert_close

D = torch.float64


def tokens(generator, n, t, size):
    return torch.randint(1, size, (n, t), generator=generator)


def model(decoder=AttentionDecoder, bidirectional=True, **options):
    torch.manual_seed(0)
    encoder = Encoder(11, 3, 5, bidirectional)
    return Seq2Seq(encoder, decoder(13, 4, 6, encoder.output_size, **options)).to(D)


@pytest.mark.reference("torch.nn.GRU, one sequence at a time", of="dlcore.models.Encoder")
@pytest.mark.reference("torch.nn.GRU, one sequence at a time", of="dlcore.models.Memory")
@pytest.mark.parametrize("bidirectional", [False, True])
def test_padding_has_no_say(bidirectional, generator):
    encoder = Encoder(11, 3, 5, bidirectional).to(D)
    source = tokens(generator, 3, 7, 11)
    source[0, 4:], source[2, 1:] = 0, 0
    memory = encoder(source)
    assert isinstance(memory, Memory)
    assert torch.equal(memory.mask, source != 0)
    for i, length in enumerate((4, 7, 1)):
        states, last = encoder.rnn(encoder.embedding(source[i : i + 1, :length]))
        assert_close(memory.states[i, :length], states[0])
        assert_close(memory.final[i], last.flatten())
        assert (memory.states[i, length:] == 0).all()
    assert encoder.output_size == memory.final.shape[1]
    for mine, expected in zip(encoder(source[:1]).expand(3), memory, strict=True):
        assert mine.shape == expected.shape
        assert torch.equal(mine[2], mine[0])


@pytest.mark.reference("torch.nn.GRUCell, step by step", of="dlcore.models.Decoder")
@pytest.mark.reference("torch.nn.GRUCell, step by step", of="dlcore.models.DecoderStep")
@pytest.mark.reference("torch.nn.GRUCell, step by step", of="dlcore.models.Seq2Seq")
def test_fixed_context_step_by_step(generator):
    net = model(Decoder)
    source, target = tokens(generator, 2, 7, 11), tokens(generator, 2, 4, 13)
    decoder, memory = net.decoder, net.encoder(source)
    logits = net(source, target)
    c = memory.final
    s = torch.tanh(F.linear(c, decoder.bridge.weight, decoder.bridge.bias))
    assert_close(decoder.start(memory), s)
    for t in range(4):
        y = decoder.embedding.weight[target[:, t]]
        s = decoder.cell(torch.cat([y, c], 1), s)
        assert_close(logits[:, t], decoder.output(torch.cat([s, y, c], 1)))
    step = decoder.step(target[:, 0], decoder.start(memory), memory)
    assert isinstance(step, DecoderStep)
    assert_close(step.weights, torch.full((2, 7), 1 / 7, dtype=D))


@pytest.mark.reference("the equations, step by step", of="dlcore.models.AttentionDecoder")
def test_attention_step_by_step(generator):
    net = model()
    source, target = tokens(generator, 2, 7, 11), tokens(generator, 2, 4, 13)
    source[1, 5:] = 0
    decoder, memory = net.decoder, net.encoder(source)
    logits, weights = net(source, target), net.attention_weights(source, target)
    a, s = decoder.attention, decoder.start(memory)
    for t in range(4):
        z = F.linear(s, a.W.weight)[:, None] + F.linear(memory.states, a.U.weight, a.U.bias)
        e = F.linear(z.tanh(), a.v.weight)[..., 0].masked_fill(source == 0, -math.inf)
        alpha = e.softmax(1)
        c = torch.einsum("ni,nid->nd", alpha, memory.states)
        y = decoder.embedding.weight[target[:, t]]
        s = decoder.cell(torch.cat([y, c], 1), s)
        assert_close(weights[:, t], alpha)
        assert_close(logits[:, t], decoder.output(torch.cat([s, y, c], 1)))
    assert_close(weights.sum(-1), torch.ones(2, 4, dtype=D))
    assert (weights[1, :, 5:] == 0).all()


def test_weights_set_by_hand_pick_a_state(generator):
    net = model(bidirectional=False, attention=DotProductAttention(scaled=False))
    net.decoder = AttentionDecoder(13, 4, 5, 5, attention=DotProductAttention(scaled=False)).to(D)
    memory = Memory(
        torch.eye(5, dtype=D)[None], torch.zeros(1, 5, dtype=D), torch.ones(1, 5).bool()
    )
    state = 1000 * torch.eye(5, dtype=D)[3:4]
    context, weights = net.decoder.context(state, memory)
    assert weights.tolist() == [[0, 0, 0, 1, 0]]
    assert_close(context, memory.states[:, 3])


def test_teacher_forcing_and_free_running(generator):
    net = model()
    source, target = tokens(generator, 3, 7, 11), tokens(generator, 3, 6, 13)
    memory = net.encoder(source)
    state, fed = net.decoder.start(memory), target[:, 0]
    free = net(source, target, teacher_forcing_ratio=0.0)
    for t in range(6):
        step = net.decoder.step(fed, state, memory)
        assert_close(free[:, t], step.logits)
        state, fed = step.state, step.logits.argmax(-1)
    other = torch.cat([target[:, :1], target[:, 1:] % 12 + 1], 1)
    assert torch.equal(free, net(source, other, teacher_forcing_ratio=0.0))
    forced = net(source, target)
    assert (forced[:, 1:] != net(source, other)[:, 1:]).all()
    changed = target.clone()
    changed[:, 3] = other[:, 3]
    assert torch.equal(net(source, changed)[:, :3], forced[:, :3])
    draws = [net(source, target, 0.5, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2, 3)]
    assert torch.equal(draws[0], draws[1])
    assert any(not torch.equal(draws[0], other) for other in draws[2:])


def test_share_of_fed_truth():
    torch.manual_seed(0)
    net = model()
    fed = []
    step = net.decoder.step

    def spy(tokens, state, memory):
        fed.append(tokens)
        return step(tokens, state, memory)

    net.decoder.step = spy
    with torch.no_grad():
        net.decoder.output.bias[0] = 1000.0
        target = torch.full((500, 5), 7)
        net(torch.ones(500, 2, dtype=torch.long), target, 0.3, torch.Generator().manual_seed(0))
    truth = (torch.stack(fed)[1:] == 7).double().mean()
    assert abs(truth - 0.3) < 4 * math.sqrt(0.3 * 0.7 / 2000)
    assert (fed[0] == 7).all()


def test_steps_for_decoding(generator):
    net = model()
    source, prefixes = tokens(generator, 3, 7, 11), tokens(generator, 3, 4, 13)
    assert_close(net.stepper(source)(prefixes), net(source, prefixes)[:, -1].detach())
    single = net.stepper(source[:1])(prefixes)
    assert_close(single, net(source[:1].expand(3, 7), prefixes)[:, -1].detach())
    assert not single.requires_grad


def test_attention_learns_to_write_backwards(generator):
    torch.manual_seed(0)
    encoder = Encoder(7, 16, 32, bidirectional=True)
    net = Seq2Seq(encoder, AttentionDecoder(7, 16, 32, encoder.output_size))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(100):
        source = tokens(generator, 64, 4, 6)
        target = torch.cat([torch.full((64, 1), 6), source.flip(1)], 1)
        logits = net(source, target[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    source = tokens(generator, 200, 4, 6)
    start = torch.full((200, 4), 6)
    written = net(source, start, teacher_forcing_ratio=0.0).argmax(-1)
    assert (written == source.flip(1)).all(1).float().mean() > 0.9


@pytest.mark.reference("k / (k + e^(i/k)), k^i, a line", of="dlcore.models.scheduled_sampling_prob")
def test_schedules():
    for i in (0, 1, 10, 50, 300):
        assert math.isclose(scheduled_sampling_prob(i, k=10), 10 / (10 + math.exp(i / 10)))
        assert math.isclose(scheduled_sampling_prob(i, "exponential", k=0.99), 0.99**i)
        line = scheduled_sampling_prob(i, "linear", k=0.9, slope=0.01, minimum=0.2)
        assert math.isclose(line, max(0.2, 0.9 - 0.01 * i))
    assert scheduled_sampling_prob(100_000, k=10) == 0.0


@pytest.mark.reference(
    "gradient of the expected reward over all sequences", of="dlcore.models.sequence_reinforce_loss"
)
@pytest.mark.parametrize("baseline", [0.0, 0.7])
def test_mean_gradient_by_enumeration(baseline, generator):
    first = torch.randn(3, generator=generator, dtype=D, requires_grad=True)
    second = torch.randn(3, 3, generator=generator, dtype=D, requires_grad=True)
    reward = torch.randn(3, 3, generator=generator, dtype=D)
    p = first.softmax(0)[:, None] * second.softmax(1)
    expected = torch.autograd.grad(-(p * reward).sum(), (first, second))
    mean = [torch.zeros_like(first), torch.zeros_like(second)]
    for a, b in itertools.product(range(3), repeat=2):
        log_probs = torch.stack([first.log_softmax(0)[a], second.log_softmax(1)[a, b]])[None]
        loss = sequence_reinforce_loss(log_probs, reward[a, b][None], baseline=baseline)
        gradients = torch.autograd.grad(loss, (first, second))
        for total, g in zip(mean, gradients, strict=True):
            total += p[a, b].detach() * g
    for actual, wanted in zip(mean, expected, strict=True):
        assert_close(actual, wanted)


def test_reinforce_leaves_padding_out():
    log_probs = torch.tensor([[-1.0, -2.0], [-3.0, -math.inf]], dtype=D)
    mask = torch.tensor([[True, True], [True, False]])
    loss = sequence_reinforce_loss(log_probs, torch.tensor([2.0, 4.0], dtype=D), mask)
    assert_close(loss, torch.tensor((2 * 3 + 4 * 3) / 2, dtype=D))
    baseline = torch.tensor([2.0, 3.0], dtype=D)
    loss = sequence_reinforce_loss(log_probs, torch.tensor([2.0, 4.0], dtype=D), mask, baseline)
    assert_close(loss, torch.tensor(1.5, dtype=D))


@pytest.mark.bad_input
def test_bad_input():
    net = model()
    source = torch.ones(2, 3, dtype=torch.long)
    with pytest.raises(ValueError, match="each source needs a token that is no padding"):
        net.encoder(0 * source)
    with pytest.raises(ValueError, match="expected a memory with 4 features, got 10"):
        Decoder(13, 4, 6, memory_size=4).start(net.encoder(source))
    with pytest.raises(ValueError, match=r"teacher_forcing_ratio must lie .*, got 1\.5"):
        net(source, source, 1.5)
    with pytest.raises(ValueError, match="the target needs at least its first token"):
        net(source, source[:, :0])
    with pytest.raises(ValueError, match="the step must be at least 0, got -1"):
        scheduled_sampling_prob(-1, k=10)
    with pytest.raises(ValueError, match=r"schedule must be one of .*, got 'cosine'"):
        scheduled_sampling_prob(1, "cosine", k=10)
    with pytest.raises(ValueError, match="k = 2 is out of range for the schedule exponential"):
        scheduled_sampling_prob(1, "exponential", k=2)
    with pytest.raises(ValueError, match=r"log_probs must have shape \(n, t\) and rewards \(n,\)"):
        sequence_reinforce_loss(torch.zeros(2, 3), torch.zeros(3))
