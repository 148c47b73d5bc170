"""The natural gradient for networks: one Kronecker product of two small matrices a layer."""

import weakref
from collections.abc import Callable
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.linalg import NotPositiveDefiniteError
from dlcore.linalg.shapes import require_symmetric
from dlcore.nn import Linear

Likelihood = Literal["categorical", "gaussian"]


def kfac_layer_step(
    weight: Float[Tensor, "d_out d_in"],
    gradient: Float[Tensor, "d_out d_in"],
    A: Float[Tensor, "d_in d_in"],
    G: Float[Tensor, "d_out d_out"],
    lr: float,
    *,
    damping: float = 0.0,
) -> Float[Tensor, "d_out d_in"]:
    r"""A natural-gradient step of a dense layer, with its Fisher information as $A \otimes G$.

    $A = \mathbb E[hh^\top]$ of the layer's inputs, $G = \mathbb E[\delta\delta^\top]$ of the slopes
    of its pre-activations. Without damping it is $W - \eta\, G^{-1} \nabla_W J\, A^{-1}$; with it,
    the step is exact for $A \otimes G + \lambda I$, in the eigenvectors of the two factors. It
    takes $d_{in}^3 + d_{out}^3$ operations instead of $(d_{in} d_{out})^3$.

    Args:
        weight: W, shape (d_out, d_in).
        gradient: of the cost with respect to W, same shape.
        A: second moment of the inputs, shape (d_in, d_in).
        G: second moment of the slopes, shape (d_out, d_out).
        lr: learning rate $\eta$.
        damping: $\lambda \ge 0$, added to the diagonal of the Kronecker product.

    Returns:
        The new W.

    Raises:
        ValueError: shapes that do not fit, or a factor is not symmetric.
        NotPositiveDefiniteError: the product with the damping is not positive definite.

    Equation: :eq:`eq-kfac`
    Section: :ref:`sec-natural-gradient-training`
    Source: Martens, Grosse (2015), Optimizing neural networks with Kronecker-factored approximate
        curvature, ICML; George et al. (2018), arXiv:1806.03884.

    Example:
        >>> W, A, G = torch.zeros(1, 2), torch.diag(torch.tensor([4.0, 1.0])), torch.eye(1)
        >>> kfac_layer_step(W, torch.tensor([[8.0, 8.0]]), A, G, lr=0.5)
        tensor([[-1., -4.]])

    In production: kfac_jax, or curvlinops.KFACLinearOperator.
    """
    require_symmetric("kfac_layer_step", A)
    require_symmetric("kfac_layer_step", G)
    if not (weight.shape == gradient.shape == (len(G), len(A))):
        raise ValueError(
            f"kfac_layer_step needs weight and gradient (d_out, d_in), A (d_in, d_in) and G "
            f"(d_out, d_out), got {tuple(weight.shape)}, {tuple(gradient.shape)}, {tuple(A.shape)} "
            f"and {tuple(G.shape)}"
        )
    return weight - lr * _solve(gradient, A, G, damping)


def _solve(gradient: Tensor, A: Tensor, G: Tensor, damping: float) -> Tensor:
    a, U = torch.linalg.eigh(A)
    g, V = torch.linalg.eigh(G)
    eigenvalues = g[:, None] * a + damping
    rounding = 10 * torch.finfo(A.dtype).eps * eigenvalues.abs().max()
    if not eigenvalues.min() > rounding:
        raise NotPositiveDefiniteError(
            f"the Kronecker product has the eigenvalue {eigenvalues.min().item():.3g} with damping "
            f"{damping:.3g}: use more damping"
        )
    return V @ ((V.T @ gradient @ U) / eigenvalues) @ U.T


class _LastPass:
    """Input and output of each layer in the last forward pass; a copied model begins with none."""

    def __init__(self) -> None:
        self.seen: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def __call__(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if output.requires_grad:
            self.seen[layer] = inputs[0].detach(), output

    def __getstate__(self) -> dict[str, Any]:
        return {"seen": {}}


class KFAC(torch.optim.Optimizer):
    r"""Natural-gradient descent for stacks of `nn.Linear`, with a Kronecker product a layer.

    Weight and bias of a layer are treated together, the bias as the weight of an input that is 1.
    The factors are running averages over calls of `update_factors`. Other parameters than those of
    `nn.Linear` layers are left alone by it; `step` moves them by their plain gradient.

    Args:
        model: a module; its Linear layers take inputs of shape (b, d_in) and are called once a
            forward pass.
        lr: learning rate $\eta$.
        damping: $\lambda > 0$, added to the diagonal of each Kronecker product.
        decay: how much of the old factors an update keeps.

    Raises:
        ValueError: the model has no Linear layers, or a number is out of range.

    Equation: :eq:`eq-kfac`
    Section: :ref:`sec-natural-gradient-training`
    Source: Martens, Grosse (2015), Optimizing neural networks with Kronecker-factored approximate
        curvature, ICML.

    Example:
        >>> layer = torch.nn.Linear(1, 1)
        >>> X, y = torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([[1.0], [3.0], [5.0]])
        >>> optimizer = KFAC(layer, lr=1.0, damping=1e-6)
        >>> z = layer(X)
        >>> optimizer.update_factors(z, "gaussian")
        >>> ((z - y) ** 2 / 2).mean().backward()
        >>> optimizer.step()
        >>> [round(p.item(), 3) for p in layer.parameters()]
        [2.0, 1.0]

    In production: kfac_jax, or curvlinops.KFACLinearOperator.
    """

    def __init__(
        self, model: nn.Module, lr: float = 0.1, damping: float = 1e-2, decay: float = 0.95
    ) -> None:
        if not (lr > 0 and damping > 0 and 0 <= decay < 1):
            raise ValueError(
                "KFAC needs lr > 0, damping > 0 and 0 <= decay < 1, got "
                f"{lr}, {damping} and {decay}"
            )
        self.layers = [m for m in model.modules() if isinstance(m, nn.Linear | Linear)]
        if not self.layers:
            raise ValueError("KFAC: the model has no Linear layers")
        super().__init__(model.parameters(), {"lr": lr, "damping": damping, "decay": decay})
        self._last_pass = _LastPass()
        for layer in self.layers:
            hook = layer.register_forward_hook(self._last_pass)
            weakref.finalize(self, hook.remove)

    def update_factors(
        self,
        outputs: Tensor,
        likelihood: Likelihood,
        *,
        samples: int | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        """Learn the factors from the last forward pass; call it before `backward`.

        Args:
            outputs: what that pass of the model gave, shape (b, k): logits, or means of Gaussians
                with variance 1.
            likelihood: "categorical" or "gaussian": which distribution the outputs parametrize.
            samples: draw so many targets from it, one backward pass each; default the exact
                expectation, one backward pass an output.
            generator: for the draws.

        Raises:
            ValueError: outputs of another shape, another likelihood, or no forward pass was seen.
        """
        if outputs.ndim != 2 or likelihood not in ("categorical", "gaussian"):
            raise ValueError(
                "update_factors needs outputs (b, k) and 'categorical' or 'gaussian', got "
                f"{tuple(outputs.shape)} and {likelihood!r}"
            )
        seen = self._last_pass.seen
        if any(layer not in seen for layer in self.layers):
            raise ValueError("update_factors: no forward pass with gradients through every layer")
        decay = self.param_groups[0]["decay"]
        slopes = [seen[layer][1] for layer in self.layers]
        G: list[Any] = [0.0] * len(slopes)
        for v in _fisher_roots(outputs.detach(), likelihood, samples, generator):
            deltas = torch.autograd.grad(outputs, slopes, v, retain_graph=True)
            for i, delta in enumerate(deltas):
                G[i] = G[i] + delta.T @ delta / len(outputs)
        for layer, g in zip(self.layers, G, strict=True):
            h = seen.pop(layer)[0]
            if layer.bias is not None:
                h = torch.cat([h, torch.ones_like(h[:, :1])], 1)
            state = self.state[layer.weight]
            for name, new in (("A", h.T @ h / len(h)), ("G", g)):
                state[name] = decay * state[name] + (1 - decay) * new if name in state else new

    @torch.no_grad()
    def precondition_(self) -> None:
        """Replace the gradients of the layers by natural ones, so that any optimizer can step.

        Raises:
            ValueError: `update_factors` has not been called.
        """
        damping = self.param_groups[0]["damping"]
        for layer in self.layers:
            parameters = [layer.weight] if layer.bias is None else [layer.weight, layer.bias]
            gradients = [p.grad for p in parameters if p.grad is not None]
            if len(gradients) < len(parameters):
                continue
            state = self.state[layer.weight]
            if "A" not in state:
                raise ValueError("KFAC: call update_factors before step or precondition_")
            g = torch.cat([gradients[0], *(bias[:, None] for bias in gradients[1:])], 1)
            natural = _solve(g, state["A"], state["G"], damping)
            gradients[0].copy_(natural[:, : layer.in_features])
            for bias in gradients[1:]:
                bias.copy_(natural[:, -1])

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Precondition the gradients and move against them.

        Args:
            closure: computes the loss anew and calls its `backward`; optional.

        Returns:
            The closure's loss.

        Raises:
            ValueError: `update_factors` has not been called.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.precondition_()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.sub_(p.grad, alpha=group["lr"])
        return loss


def _fisher_roots(
    z: Tensor, likelihood: Likelihood, samples: int | None, generator: torch.Generator | None
) -> list[Tensor]:
    """Slopes v of the log-likelihood whose summed squares v v^T are the outputs' Fisher."""
    k = z.shape[1]
    eye = torch.eye(k, dtype=z.dtype, device=z.device)
    if likelihood == "gaussian":
        if samples is None:
            return [e.expand_as(z) for e in eye]
        noise = torch.randn(
            (samples, *z.shape), generator=generator, dtype=z.dtype, device=z.device
        )
        return list(noise / samples**0.5)
    p = z.softmax(1)
    if samples is None:
        return [p[:, j : j + 1].sqrt() * (p - e) for j, e in enumerate(eye)]
    drawn = p.multinomial(samples, replacement=True, generator=generator)
    return [(p - eye[targets]) / samples**0.5 for targets in drawn.T]
