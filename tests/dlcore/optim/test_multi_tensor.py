"""What all first-order optimizers share: one operation for many tensors, closures, bad tensors."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from dlcore import optim
from tests.parity import assert_close

ALL = (
    *("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "NAdam", "RAdam"),
    *("Lion", "LARS", "LAMB"),
)


class CountOperations(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))


def operations_of_a_step(name, tensors):
    parameters = [torch.ones(2, requires_grad=True) for _ in range(tensors)]
    optimizer = getattr(optim, name)(parameters, maximize=True, weight_decay=0.1)
    for p in parameters:
        p.grad = torch.ones(2)
    optimizer.step()
    with CountOperations() as counted:
        optimizer.step()
    return counted.names


@pytest.mark.parametrize("name", ALL)
def test_the_number_of_operations_does_not_depend_on_the_number_of_tensors(name):
    few, many = operations_of_a_step(name, 2), operations_of_a_step(name, 40)
    assert few == many
    assert any("_foreach_" in operation for operation in few)


class Adamax(optim.MultiTensorOptimizer):
    def __init__(self, params, lr):
        super().__init__(params, lr=lr, weight_decay=0.0, maximize=False)

    def initial_state(self, group, p):
        return {"m": torch.zeros_like(p), "u": torch.zeros_like(p)}

    def update(self, group, step, params, grads, state):
        m, u = state["m"], state["u"]
        torch._foreach_lerp_(m, grads, 0.1)
        torch._foreach_mul_(u, 0.999)
        size = torch._foreach_add(torch._foreach_abs(grads), 1e-8)
        torch._foreach_maximum_(u, size)
        torch._foreach_addcdiv_(params, m, u, -group["lr"] / (1 - 0.9**step))


@pytest.mark.reference("torch.optim.Adamax", of="dlcore.optim.MultiTensorOptimizer")
def test_a_rule_of_ones_own():
    places = []
    for make in (Adamax, torch.optim.Adamax):
        w = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        optimizer = make([w], lr=0.1)
        for _ in range(20):
            optimizer.zero_grad()
            (w**4).sum().backward()
            optimizer.step()
        places.append(w.detach())
    assert_close(*places)


def test_a_rule_without_an_update_cannot_be_made():
    with pytest.raises(TypeError, match="abstract"):
        optim.MultiTensorOptimizer([torch.zeros(1, requires_grad=True)], lr=1.0)


@pytest.mark.parametrize("name", ALL)
def test_a_closure_computes_the_gradient_and_its_loss_comes_back(name):
    w = torch.tensor([2.0], requires_grad=True)
    optimizer = getattr(optim, name)([w], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 4
    assert 0 < w.item() < 2
    assert optimizer.step() is None


@pytest.mark.parametrize("name", ALL)
def test_parameters_without_gradient_stay(name):
    moved, still = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = getattr(optim, name)([moved, still], weight_decay=0.1)
    moved.grad = torch.ones(2)
    optimizer.step()
    assert (moved < 1).all()
    assert torch.equal(still, torch.ones(2))


@pytest.mark.parametrize("name", ALL)
def test_maximizing_is_minimizing_the_negative(name):
    places = []
    for sign in (1, -1):
        w = torch.tensor([1.0, -2.0], requires_grad=True)
        optimizer = getattr(optim, name)([w], maximize=sign < 0, weight_decay=0.1)
        for _ in range(4):
            optimizer.zero_grad()
            (sign * w.cos().sum()).backward()
            optimizer.step()
        places.append(w.detach())
    assert torch.equal(*places)


def test_a_group_may_be_added_later():
    first, second = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    optimizer = optim.Adam([first], lr=0.1)
    first.grad = torch.ones(1)
    optimizer.step()
    optimizer.add_param_group({"params": [second], "lr": 0.5})
    first.grad, second.grad = torch.ones(1), torch.ones(1)
    optimizer.step()
    assert_close(torch.cat([first, second]), torch.tensor([0.8, 0.5]), rtol=1e-6)


def test_transposed_parameters_are_updated_in_place():
    base = torch.arange(6.0).reshape(2, 3)
    w = base.T.requires_grad_()
    w.grad = torch.ones(3, 2)
    optim.SGD([w], lr=1.0, momentum=0.9).step()
    assert torch.equal(base, torch.arange(6.0).reshape(2, 3) - 1)


@pytest.mark.bad_input
@pytest.mark.parametrize("name", ALL)
def test_sparse_gradients_and_complex_parameters(name):
    table = torch.nn.Embedding(4, 2, sparse=True)
    optimizer = getattr(optim, name)(table.parameters())
    table(torch.tensor([1])).sum().backward()
    with pytest.raises(TypeError, match=f"{name} needs dense gradients, got torch.sparse_coo"):
        optimizer.step()
    with pytest.raises(TypeError, match=r"needs real parameters, got torch\.complex64"):
        optimizer.add_param_group({"params": [torch.zeros(1, dtype=torch.complex64)]})
    assert len(optimizer.param_groups) == 1
