"""The cells of LSTM and GRU against torch's: values, gradients, gate order, limits of the gates."""

from importlib import import_module

import pytest
import torch
from torch.nn import functional as F

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close, edge_grid

module = import_module("dlcore.kernels.recurrent_cells")


def lstm(input_gates, hidden_gates, cx):
    """Both states side by side."""
    return torch.cat(kernels.lstm_cell(input_gates, hidden_gates, cx), -1)


def torch_lstm(x, hx, cx, *weights):
    return torch.cat(torch.lstm_cell(x, (hx, cx), *weights), -1)


def whole_lstm(x, hx, cx, w_ih, w_hh, b_ih, b_hh):
    return lstm(F.linear(x, w_ih, b_ih), F.linear(hx, w_hh, b_hh), cx)


def whole_gru(x, hx, w_ih, w_hh, b_ih, b_hh):
    return kernels.gru_cell(F.linear(x, w_ih, b_ih), F.linear(hx, w_hh, b_hh), hx)


def arguments(n, d, gates, device, generator):
    """An input of 3 numbers, and weights and biases of nn.LSTMCell or nn.GRUCell."""
    shapes = [(gates * d, 3), (gates * d, d), (gates * d,), (gates * d,)]
    states = [(n, 3)] + [(n, d)] * (2 if gates == 4 else 1)
    return [
        torch.randn(s, generator=generator).to(device).requires_grad_() for s in states + shapes
    ]


@pytest.mark.reference("torch.lstm_cell", of="dlcore.kernels.lstm_cell")
@pytest.mark.parametrize(("n", "d"), [(7, 13), (1, 5), (3, 257)])
def test_an_lstm_errs_little_more_than_torch(n, d, device, assert_ran, generator):
    given = arguments(n, d, 4, device, generator)
    assert_within_error_model(whole_lstm, torch_lstm, *given, terms=4 * d)
    assert_ran("lstm_cell", "lstm_cell_backward")


@pytest.mark.reference("torch.gru_cell", of="dlcore.kernels.gru_cell")
@pytest.mark.parametrize(("n", "d"), [(7, 13), (1, 5), (3, 257)])
def test_a_gru_errs_little_more_than_torch(n, d, device, assert_ran, generator):
    given = arguments(n, d, 3, device, generator)
    assert_within_error_model(whole_gru, torch.gru_cell, *given, terms=3 * d)
    assert_ran("gru_cell", "gru_cell_backward")


@pytest.mark.parametrize("shape", [(5,), (1, 1), (0, 5), (3, 0), (2, 3, 5)], ids=str)
def test_any_number_of_dimensions(shape, device, generator):
    wide = (*shape[:-1], 4 * shape[-1])
    z, h = (torch.randn(wide, generator=generator).to(device).requires_grad_() for _ in range(2))
    c = torch.randn(shape, generator=generator).to(device).requires_grad_()
    i, f, g, o = (z + h).chunk(4, -1)
    cy = f.sigmoid() * c + i.sigmoid() * g.tanh()
    found = lstm(z, h, c)
    assert_close(found.detach(), torch.cat([o.sigmoid() * cy.tanh(), cy], -1).detach(), rtol=1e-5)
    found.sum().backward()
    assert z.grad.shape == wide
    assert torch.equal(z.grad, h.grad)
    y = kernels.gru_cell(z[..., : 3 * shape[-1]], h[..., : 3 * shape[-1]], c)
    assert y.shape == shape
    y.sum().backward()
    assert c.grad.isfinite().all()


def test_gates_at_their_limits(device):
    edges = edge_grid(infinities=True).to(device, torch.float32)
    zeros = torch.zeros(1, len(edges), device=device)
    for shift in range(0, len(edges), 4):  # each gate sees each edge, beside changing others
        rows = [edges.roll(k * shift) for k in range(4)]
        four, three = torch.cat(rows)[None], torch.cat(rows[:3])[None]
        state = torch.linspace(-2, 2, len(edges), device=device)[None]
        nothing = [torch.zeros(1, 1, device=device), zeros.new_zeros(4 * len(edges), 1)]
        no_weights = zeros.new_zeros(4 * len(edges), len(edges))
        biases = four[0], torch.zeros_like(four[0])
        expected = torch_lstm(nothing[0], zeros, state, nothing[1], no_weights, *biases)
        found = lstm(four, torch.zeros_like(four), state)
        assert torch.equal(found.isnan(), expected.isnan())
        assert_close(found, expected, rtol=1e-5, atol=1e-30)
        n = 3 * len(edges)
        biases = three[0], torch.ones_like(three[0])
        expected = torch.gru_cell(nothing[0], state, nothing[1][:n], no_weights[:n], *biases)
        assert_close(
            kernels.gru_cell(three, torch.ones_like(three), state), expected, rtol=1e-5, atol=1e-7
        )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_small_candidates_keep_their_digits(dtype, device):
    x = torch.logspace(-6, 1, 400, dtype=dtype, device=device)
    z = torch.zeros(3 * 400, dtype=dtype, device=device)
    z[400:800] = -torch.inf  # nothing of the old state stays: the candidate comes out
    z[800:] = x
    found = kernels.gru_cell(z, torch.zeros_like(z), torch.zeros_like(x))
    assert_close(found, x.double().tanh(), rtol=8 * torch.finfo(dtype).eps, atol=0.0)


def test_any_layout(device, generator):
    def parts(gates):
        whole = torch.randn(6, 2, 2 * gates * 5, generator=generator).double().to(device)
        yield whole[:, 0, : gates * 5], whole[:, 1, gates * 5 :]
        yield whole[::2, 0, ::2], whole[::2, 1, 1::2]
        yield whole[:1, 0, : gates * 5].expand(6, -1), whole[:, 1, : gates * 5]

    states = torch.randn(5, 6, generator=generator).double().to(device).T
    for gates, f in ((4, lstm), (3, kernels.gru_cell)):
        for z, h in parts(gates):
            given = [v.detach().requires_grad_() for v in (z, h, states[: len(z)])]
            dense = [v.detach().contiguous().requires_grad_() for v in given]
            mine, theirs = f(*given), f(*dense)
            assert torch.equal(mine, theirs)
            grad = mine.detach().T.contiguous().T
            assert_close(
                torch.cat(torch.autograd.grad(mine, given, grad), 1),
                torch.cat(torch.autograd.grad(theirs, dense, grad.contiguous()), 1),
            )


def test_only_one_state_of_an_lstm_is_used(device, generator):
    z = torch.randn(3, 20, generator=generator, dtype=torch.float64).to(device).requires_grad_()
    c = torch.randn(3, 5, generator=generator, dtype=torch.float64).to(device)
    for k in range(2):
        mine = kernels.lstm_cell(z, torch.zeros_like(z), c)[k].sum()
        theirs = module._lstm_cell.twin(z, torch.zeros_like(z), c)[k].sum()
        assert_close(torch.autograd.grad(mine, z)[0], torch.autograd.grad(theirs, z)[0])


def test_offsets_beyond_32_bits(device, far_rows, generator):
    gates, hidden = far_rows(20, device, generator), torch.zeros(2, 20, dtype=torch.bfloat16)
    hidden = hidden.to(device)
    for f, k in ((lstm, 20), (kernels.gru_cell, 15)):
        state = far_rows(5, device, generator)
        dense = [gates[:, :k].double(), hidden[:, :k].double(), state.double()]
        found = f(gates[:, :k], hidden[:, :k], state)
        assert_close(found.double(), f(*dense), rtol=2**-8, atol=2**-10)


def test_what_torch_expects_of_an_operator(device, generator):
    for gates, f in ((4, lstm), (3, kernels.gru_cell)):
        z, h, state = (
            torch.randn(2, k, generator=generator, dtype=torch.float64).to(device).requires_grad_()
            for k in (gates * 2, gates * 2, 2)
        )
        contracts.assert_derivatives(f, z, h, state)
        contracts.assert_no_graph_without_gradients(f, z, h, state)
        contracts.assert_compiles(f, z, h, state)
        contracts.assert_transforms(f, z, h, state)
        flat = z.detach(), h.detach(), state.detach()
        if gates == 4:
            contracts.assert_schema(module._lstm_cell, z, h, state)
            contracts.assert_schema(module._lstm_cell_backward, flat[2], flat[2], *flat)
        else:
            contracts.assert_schema(module._gru_cell, z, h, state)
            contracts.assert_schema(module._gru_cell_backward, flat[2], *flat)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_computes_in_float32(dtype, device, generator):
    z, h = (torch.randn(3, 20, generator=generator).to(device, dtype) for _ in range(2))
    c = torch.randn(3, 5, generator=generator).to(device)
    with torch.autocast(device, dtype):  # the products give half precision, the state is kept
        found, y = lstm(z, h, c), kernels.gru_cell(z[:, :15], h[:, :15], c)
    assert found.dtype == y.dtype == torch.float32
    assert torch.equal(found, lstm(z.float(), h.float(), c))
    assert torch.equal(y, kernels.gru_cell(z[:, :15].float(), h[:, :15].float(), c))


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    z = torch.zeros(3, 20)
    with pytest.raises(
        TypeError, match=r"types are \[torch\.float32, torch\.float32, torch\.int64"
    ):
        kernels.lstm_cell(z, z, torch.zeros(3, 5).long())
    with pytest.raises(ValueError, match=r"input_gates must be of shape \(3, 24\) for a state of"):
        kernels.lstm_cell(z, z, torch.zeros(3, 6))
    with pytest.raises(ValueError, match=r"hidden_gates .* they are of shape \(3, 20\)"):
        kernels.gru_cell(z[:, :15], z, torch.zeros(3, 5))
    with pytest.raises(ValueError, match="needs a dimension"):
        kernels.gru_cell(z, z, torch.tensor(1.0))
