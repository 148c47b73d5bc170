"""Exponentials and logarithms arranged so that nothing overflows and nothing cancels."""

import torch
from jaxtyping import Float
from torch import Tensor


def _magnitude(z: Tensor) -> Tensor:
    """The absolute value of z, with slope -1 at 0 where autograd's `abs` has 0.

    Both branches of the functions below then meet at 0 with all their derivatives.
    """
    return torch.where(z > 0, z, -z)


def _widen(z: Tensor) -> Tensor:
    """Half precision is summed in float32: 65,536 ones overflow float16."""
    return z.float() if z.dtype in (torch.float16, torch.bfloat16) else z


def _largest(z: Tensor, dim: int) -> Tensor:
    """The largest entry along `dim`, a constant to autograd: a shift changes no gradient."""
    if z.ndim and z.shape[dim] == 0:
        raise ValueError(f"dimension {dim} has no entries: the shape is {tuple(z.shape)}")
    return z.detach().amax(dim, keepdim=True)


def logsumexp(z: Float[Tensor, "*shape"], dim: int = -1) -> Float[Tensor, "*reduced"]:
    """The logarithm of the sum of exponentials, a smooth maximum that never overflows.

    Args:
        z: any shape.
        dim: the dimension that is summed over and disappears.

    Returns:
        A tensor without `dim`; -inf where all entries are -inf, inf where one is inf.

    Raises:
        ValueError: `dim` has no entries.

    Equation: :eq:`eq-logsumexp`.
    Section: :ref:`sec-softmax-output`.

    Source: Blanchard, Higham, Higham (2021), Accurately computing the log-sum-exp and softmax
    functions, doi:10.1093/imanum/draa038.

    Example:
        >>> logsumexp(torch.tensor([1000.0, 1000.0])).item() - 1000
        0.69317626953125

    In production: torch.logsumexp.
    """
    wide = _widen(z)
    m = _largest(wide, dim)
    m = torch.where(m.isfinite(), m, 0)
    return ((wide - m).exp().sum(dim).log() + m.squeeze(dim)).to(z.dtype)


def softmax(z: Float[Tensor, "*shape"], dim: int = -1) -> Float[Tensor, "*shape"]:
    """Logits turned into probabilities: positive, in the same order, summing to one.

    Args:
        z: logits, any shape.
        dim: the dimension of the classes.

    Returns:
        Probabilities of the same shape. A logit of -inf gets probability 0; NaN where the limit
        does not exist, that is where a logit is inf or all are -inf (as in torch and SciPy).

    Raises:
        ValueError: `dim` has no entries.

    Equation: :eq:`eq-softmax`.
    Section: :ref:`sec-softmax-output`.

    Source: Bridle (1990), Probabilistic interpretation of feedforward classification network
    outputs, doi:10.1007/978-3-642-76153-9_28.

    Example:
        >>> softmax(torch.tensor([2.0, 1.0, 0.1]))
        tensor([0.6590, 0.2424, 0.0986])

    In production: torch.softmax.
    """
    wide = _widen(z)
    e = (wide - _largest(wide, dim)).exp()
    return (e / e.sum(dim, keepdim=True)).to(z.dtype)


def naive_softmax(z: Float[Tensor, "*shape"], dim: int = -1) -> Float[Tensor, "*shape"]:
    """The softmax as its formula is written, to see it fail: use `softmax`.

    Args:
        z: logits, any shape.
        dim: the dimension of the classes.

    Returns:
        Probabilities where no exponential overflows and not all of them underflow, else NaN.

    Equation: :eq:`eq-softmax`.
    Section: :ref:`sec-stable-softmax`.

    Source: Blanchard, Higham, Higham (2021), Accurately computing the log-sum-exp and softmax
    functions, doi:10.1093/imanum/draa038.

    Example:
        >>> naive_softmax(torch.tensor([1000.0, 1001.0, 1002.0]))
        tensor([nan, nan, nan])

    In production: torch.softmax.
    """
    e = z.exp()
    return e / e.sum(dim, keepdim=True)


def log_softmax(z: Float[Tensor, "*shape"], dim: int = -1) -> Float[Tensor, "*shape"]:
    """Logarithms of the softmax probabilities, finite where the probabilities underflow.

    Args:
        z: logits, any shape.
        dim: the dimension of the classes.

    Returns:
        Log-probabilities of the same shape; -inf and NaN where softmax gives 0 and NaN for
        infinite logits.

    Raises:
        ValueError: `dim` has no entries.

    Equation: :eq:`eq-log-softmax`.
    Section: :ref:`sec-softmax-output`.

    Source: Blanchard, Higham, Higham (2021), Accurately computing the log-sum-exp and softmax
    functions, doi:10.1093/imanum/draa038.

    Example:
        >>> log_softmax(torch.tensor([0.0, 1000.0]))
        tensor([-1000.,     0.])

    In production: torch.log_softmax.
    """
    wide = _widen(z)
    shifted = wide - _largest(wide, dim)
    return (shifted - shifted.exp().sum(dim, keepdim=True).log()).to(z.dtype)


def sigmoid(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The logistic function 1 / (1 + exp(-z)), accurate in both tails.

    Args:
        z: any shape.

    Returns:
        Values between 0 and 1, of the same shape.

    Equation: :eq:`eq-sigmoid`.
    Section: :ref:`sec-sigmoid`.

    Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, chapter 1,
    doi:10.1137/1.9780898718027.

    Example:
        >>> sigmoid(torch.tensor([-1000.0, 0.0, 1000.0]))
        tensor([0.0000, 0.5000, 1.0000])

    In production: torch.sigmoid.
    """
    e = (-_magnitude(z)).exp()
    return torch.where(z > 0, 1, e) / (1 + e)


def softplus(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The smooth ReLU log(1 + exp(z)), which is also -log(1 - sigmoid(z)).

    Args:
        z: any shape.

    Returns:
        Values of at least 0, of the same shape.

    Equation: :eq:`eq-softplus`.
    Section: :ref:`sec-binary-output`.

    Source: Dugas et al. (2001), Incorporating second-order functional knowledge for better
    option pricing, NeurIPS 13.

    Example:
        >>> softplus(torch.tensor([-1000.0, 0.0, 1000.0]))
        tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])

    In production: torch.nn.functional.softplus.
    """
    return torch.where(z > 0, z, 0) + (-_magnitude(z)).exp().log1p()


def logsigmoid(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The logarithm of the sigmoid, finite where the sigmoid underflows.

    Args:
        z: any shape.

    Returns:
        Values of at most 0, of the same shape.

    Equation: :eq:`eq-softplus`.
    Section: :ref:`sec-binary-output`.

    Source: Mächler (2012), Accurately computing log(1 - exp(-|a|)), Rmpfr vignette.

    Example:
        >>> logsigmoid(torch.tensor([-1000.0, 0.0]))
        tensor([-1.0000e+03, -6.9315e-01])

    In production: torch.nn.functional.logsigmoid.
    """
    return -softplus(-z)
