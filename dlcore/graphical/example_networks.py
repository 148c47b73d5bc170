"""Two small networks of the literature, and the table by which many causes share one effect."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical.bayesian_network import BayesianNetwork


def _yes(*probabilities) -> Tensor:
    """The table of a yes-or-no variable from its probabilities of yes."""
    p = torch.tensor(probabilities, dtype=torch.float64)
    return torch.stack([1 - p, p], -1)


def asia_network() -> BayesianNetwork:
    """Shortness of breath and its possible causes: eight yes-or-no variables.

    Returns:
        The network; state 1 is yes. Variables: asia (a visit), smoke, tub(erculosis), lung
        (cancer), bronc(hitis), either (tuberculosis or cancer), xray (abnormal), dysp(noea).

    Equation: :eq:`eq-bayesian-network`.
    Section: :ref:`sec-diagnosis-network`.

    Source: Lauritzen, Spiegelhalter (1988), Local computations with probabilities on graphical
        structures and their application to expert systems,
        doi:10.1111/j.2517-6161.1988.tb01721.x.

    Example:
        >>> network = asia_network()
        >>> posterior = network.query("lung", evidence={"dysp": 1})
        >>> network.num_parameters, round(posterior.table[1].item(), 4)
        (18, 0.1028)

    In production: pgmpy.utils.get_example_model("asia").
    """
    parents: dict[str, list[str]] = {
        "asia": [],
        "smoke": [],
        "tub": ["asia"],
        "lung": ["smoke"],
        "bronc": ["smoke"],
        "either": ["tub", "lung"],
        "xray": ["either"],
        "dysp": ["either", "bronc"],
    }
    tables = {
        "asia": _yes(0.01)[0],
        "smoke": _yes(0.5)[0],
        "tub": _yes(0.01, 0.05),
        "lung": _yes(0.01, 0.1),
        "bronc": _yes(0.3, 0.6),
        "either": _yes([0.0, 1.0], [1.0, 1.0]),
        "xray": _yes(0.05, 0.98),
        "dysp": _yes([0.1, 0.8], [0.7, 0.9]),
    }
    return BayesianNetwork(parents, tables)


def sprinkler_network() -> BayesianNetwork:
    """Why is the grass wet? Clouds decide on rain and on the sprinkler: four yes-or-no variables.

    Returns:
        The network of cloudy, sprinkler, rain, wet; state 1 is yes.

    Equation: :eq:`eq-bayesian-network`.
    Section: :ref:`sec-bayesian-networks`.

    Source: Russell, Norvig (2020), Artificial Intelligence: A Modern Approach, chapter 13.

    Example:
        >>> network = sprinkler_network()
        >>> posterior = network.query("sprinkler", evidence={"wet": 1, "rain": 1})
        >>> round(posterior.table[1].item(), 4)
        0.1945

    In production: pgmpy.utils.get_example_model.
    """
    parents: dict[str, list[str]] = {
        "cloudy": [],
        "sprinkler": ["cloudy"],
        "rain": ["cloudy"],
        "wet": ["sprinkler", "rain"],
    }
    tables = {
        "cloudy": _yes(0.5)[0],
        "sprinkler": _yes(0.5, 0.1),
        "rain": _yes(0.2, 0.8),
        "wet": _yes([0.0, 0.9], [0.9, 0.99]),
    }
    return BayesianNetwork(parents, tables)


def noisy_or(strengths: Float[Tensor, " p"], leak: float = 0.0) -> Float[Tensor, "..."]:
    r"""The table of an effect that each of its causes brings about on its own, or fails to.

    The effect stays away only if everything fails:
    $1 - (1 - \lambda_0) \prod_j (1 - \lambda_j)^{x_j}$.

    Args:
        strengths: the probability that cause j alone brings the effect about, shape (p,).
        leak: the probability of the effect without any cause.

    Returns:
        Conditional probabilities, shape (2, …, 2) with p + 1 axes, the effect's last: 2^p rows
        from p + 1 numbers.

    Raises:
        ValueError: probabilities outside [0, 1].

    Equation: :eq:`eq-noisy-or`.
    Section: :ref:`sec-diagnosis-network`.

    Source: Pearl (1988), Probabilistic Reasoning in Intelligent Systems, section 4.3.

    Example:
        >>> noisy_or(torch.tensor([0.8, 0.5]), leak=0.05)[1, 1]
        tensor([0.0950, 0.9050])

    In production: pyAgrum's gum.BayesNet.addNoisyOR.
    """
    if bool(((strengths < 0) | (strengths > 1)).any()) or not 0 <= leak <= 1:
        raise ValueError(f"expected probabilities, got {strengths.tolist()} and leak {leak}")
    absent = strengths.new_tensor(1 - leak)
    for strength in strengths:
        absent = torch.stack([absent, absent * (1 - strength)], -1)
    return torch.stack([absent, 1 - absent], -1)
