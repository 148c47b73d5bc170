"""Hidden Markov models: a state that nobody sees moves on and leaves a sign at each step."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class ViterbiPath(NamedTuple):
    """The most probable states, and the logarithm of their joint probability with the signs."""

    states: Int[Tensor, " t"]
    log_prob: float


def _check_scores(initial: Tensor, transition: Tensor, emission: Tensor) -> None:
    k = len(initial)
    if transition.shape != (k, k) or emission.ndim != 2 or emission.shape[1] != k:
        raise ValueError(
            f"expected ({k},), ({k}, {k}) and (t, {k}), got {tuple(initial.shape)}, "
            f"{tuple(transition.shape)} and {tuple(emission.shape)}"
        )
    if not len(emission):
        raise ValueError("at least one step is needed")


def hmm_forward(
    log_initial: Float[Tensor, " k"],
    log_transition: Float[Tensor, "k k"],
    log_emission: Float[Tensor, "t k"],
) -> Float[Tensor, "t k"]:
    r"""How probable the signs so far are together with each state now.

    $\alpha_t(j) = b_j(x_t) \sum_i \alpha_{t-1}(i) a_{ij}$, with logarithms throughout.

    Args:
        log_initial: of the first state's probabilities, shape (k,).
        log_transition: row i: of the probabilities of the state after i, shape (k, k).
        log_emission: of the probability, or density, of each step's sign in each state, (t, k).

    Returns:
        Logarithms of alpha, shape (t, k); the logsumexp of the last row is the log likelihood.

    Raises:
        ValueError: shapes that do not fit, or no step.

    Equation: :eq:`eq-hmm-forward`.
    Section: :ref:`sec-speech-recognition`.

    Source: Rabiner (1989), A tutorial on hidden Markov models and selected applications in speech
        recognition, doi:10.1109/5.18626.

    Example:
        >>> half = torch.full((2, 2), 0.5).log()
        >>> hmm_forward(half[0], half, torch.zeros(3, 2)).logsumexp(1)
        tensor([0., 0., 0.])

    In production: hmmlearn, or dynamax on accelerators.
    """
    _check_scores(log_initial, log_transition, log_emission)
    alpha = [log_initial + log_emission[0]]
    for scores in log_emission[1:]:
        alpha.append((alpha[-1][:, None] + log_transition).logsumexp(0) + scores)
    return torch.stack(alpha)


def hmm_backward(
    log_transition: Float[Tensor, "k k"], log_emission: Float[Tensor, "t k"]
) -> Float[Tensor, "t k"]:
    r"""How probable the signs to come are from each state.

    $\beta_t(i) = \sum_j a_{ij} b_j(x_{t+1}) \beta_{t+1}(j)$ and 1 at the end, with logarithms.

    Args:
        log_transition: as in `hmm_forward`.
        log_emission: as in `hmm_forward`.

    Returns:
        Logarithms of beta, shape (t, k).

    Raises:
        ValueError: shapes that do not fit, or no step.

    Equation: :eq:`eq-hmm-forward`.
    Section: :ref:`sec-speech-recognition`.

    Source: Baum, Petrie, Soules, Weiss (1970), A maximization technique occurring in the
        statistical analysis of probabilistic functions of Markov chains,
        doi:10.1214/aoms/1177697196.

    Example:
        >>> hmm_backward(torch.full((2, 2), 0.5).log(), torch.zeros(3, 2)).abs().max()
        tensor(0.)

    In production: hmmlearn, or dynamax on accelerators.
    """
    _check_scores(log_transition[0], log_transition, log_emission)
    beta = [torch.zeros_like(log_emission[0])]
    for scores in log_emission[1:].flip(0):
        beta.append((log_transition + scores + beta[-1]).logsumexp(1))
    return torch.stack(beta[::-1])


def hmm_viterbi(
    log_initial: Float[Tensor, " k"],
    log_transition: Float[Tensor, "k k"],
    log_emission: Float[Tensor, "t k"],
) -> ViterbiPath:
    r"""The most probable states: the forward recursion with the maximum for the sum.

    Args:
        log_initial: as in `hmm_forward`, like all that follow.
        log_transition: shape (k, k).
        log_emission: shape (t, k).

    Returns:
        States, shape (t,), and the logarithm of their joint probability with the signs. Not the
        same as the most probable state of each step, see `HMM.posterior`.

    Raises:
        ValueError: shapes that do not fit, or no step.

    Equation: :eq:`eq-hmm-viterbi`.
    Section: :ref:`sec-speech-recognition`.

    Source: Viterbi (1967), Error bounds for convolutional codes and an asymptotically optimum
        decoding algorithm, doi:10.1109/TIT.1967.1054010.

    Example:
        >>> sticky = torch.tensor([[0.9, 0.1], [0.1, 0.9]]).log()
        >>> signs = torch.tensor([[0.8, 0.2], [0.4, 0.6], [0.8, 0.2]]).log()
        >>> hmm_viterbi(torch.tensor([0.5, 0.5]).log(), sticky, signs).states
        tensor([0, 0, 0])

    In production: hmmlearn, or dynamax on accelerators.
    """
    _check_scores(log_initial, log_transition, log_emission)
    best, origins = log_initial + log_emission[0], []
    for scores in log_emission[1:]:
        best, origin = (best[:, None] + log_transition).max(0)
        best = best + scores
        origins.append(origin)
    states = [best.argmax()]
    for origin in reversed(origins):
        states.append(origin[states[-1]])
    return ViterbiPath(torch.stack(states[::-1]), float(best.max()))


class HMM:
    r"""States $z_1, \dots, z_T$ of a Markov chain, each with a sign: $p(z) \prod_t b_{z_t}(x_t)$.

    Args:
        initial: probabilities of the first state, shape (k,).
        transition: row i: probabilities of the state after i, shape (k, k).
        emission: row i: probabilities of the signs in state i, shape (k, v).

    Attributes:
        initial: as given.
        transition: as given.
        emission: as given.

    Raises:
        ValueError: shapes that do not fit, or rows that are no distributions.

    Equation: :eq:`eq-hmm-joint`.
    Section: :ref:`sec-speech-recognition`.

    Source: Rabiner (1989), A tutorial on hidden Markov models and selected applications in speech
        recognition, doi:10.1109/5.18626.

    Example:
        >>> model = HMM(
        ...     torch.tensor([0.6, 0.4]),
        ...     torch.tensor([[0.7, 0.3], [0.4, 0.6]]),
        ...     torch.tensor([[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]]),
        ... )
        >>> signs = torch.tensor([0, 1, 2])
        >>> model.viterbi(signs).states, round(model.log_prob(signs), 2)
        (tensor([0, 0, 1]), -3.32)

    In production: hmmlearn.hmm.CategoricalHMM.
    """

    def __init__(
        self,
        initial: Float[Tensor, " k"],
        transition: Float[Tensor, "k k"],
        emission: Float[Tensor, "k v"],
    ) -> None:
        k = len(initial)
        if transition.shape != (k, k) or emission.ndim != 2 or len(emission) != k:
            raise ValueError(
                f"expected ({k},), ({k}, {k}) and ({k}, v), got {tuple(initial.shape)}, "
                f"{tuple(transition.shape)} and {tuple(emission.shape)}"
            )
        for name, p in (("initial", initial), ("transition", transition), ("emission", emission)):
            sums = p.sum(-1)
            if bool((p < 0).any()) or not torch.allclose(sums, torch.ones_like(sums), atol=1e-5):
                raise ValueError(f"rows of {name} must be distributions, their sums are {sums}")
        self.initial, self.transition, self.emission = initial, transition, emission

    def _scores(self, signs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        v = self.emission.shape[1]
        if signs.ndim != 1 or not len(signs) or not 0 <= int(signs.min()) <= int(signs.max()) < v:
            raise ValueError(f"expected one or more signs in 0..{v - 1}, shape (t,)")
        return self.initial.log(), self.transition.log(), self.emission.log().T[signs]

    def log_prob(self, signs: Int[Tensor, " t"]) -> float:
        """The logarithm of the probability of a sequence of signs, over all states."""
        return float(hmm_forward(*self._scores(signs))[-1].logsumexp(0))

    def posterior(self, signs: Int[Tensor, " t"]) -> Float[Tensor, "t k"]:
        """The probability of each state at each step given all signs, shape (t, k).

        Raises:
            ValueError: signs that the model cannot give.
        """
        scores = self._scores(signs)
        joint = hmm_forward(*scores) + hmm_backward(*scores[1:])
        _possible(joint[-1])
        return joint.softmax(1)

    def viterbi(self, signs: Int[Tensor, " t"]) -> ViterbiPath:
        """The most probable states together, see `hmm_viterbi`."""
        return hmm_viterbi(*self._scores(signs))

    def sample(
        self, steps: int, *, generator: torch.Generator | None = None
    ) -> tuple[Int[Tensor, " t"], Int[Tensor, " t"]]:
        """States and signs of so many steps, each of shape (steps,)."""
        if steps < 1:
            raise ValueError(f"at least one step is needed, got {steps}")

        source = generator.device if generator else self.initial.device

        def draw(p: Tensor) -> Tensor:
            return torch.multinomial(p.to(source), 1, generator=generator)[0].to(p.device)

        states = [draw(self.initial)]
        for _ in range(steps - 1):
            states.append(draw(self.transition[states[-1]]))
        return torch.stack(states), torch.stack([draw(self.emission[z]) for z in states])

    def _expected_counts(self, signs: Tensor) -> tuple[Tensor, Tensor, Tensor, float]:
        """How often, on average, each state begins, follows another, and gives each sign."""
        scores = self._scores(signs)
        alpha, beta = hmm_forward(*scores), hmm_backward(*scores[1:])
        log_prob = _possible(alpha[-1])
        now = (alpha + beta - log_prob).exp()
        ahead = scores[2][1:] + beta[1:] - log_prob
        pairs = (alpha[:-1, :, None] + scores[1] + ahead[:, None]).exp().sum(0)
        signs_of = torch.zeros_like(self.emission).T.index_add(0, signs, now).T
        return now[0], pairs, signs_of, float(log_prob)

    def baum_welch(
        self, sequences: Sequence[Int[Tensor, " _"]], *, iterations: int = 100, tol: float = 1e-6
    ) -> "HMMFit":
        """Fit all probabilities to signs alone, by expectation-maximization from this model.

        Each round counts what the present model expects the states to have done and takes shares
        of these counts; the likelihood never falls. It ends in a maximum near the start, not in the
        best of all: start from several.

        Args:
            sequences: signs, each of shape (t,).
            iterations: the most rounds.
            tol: a round that gains less than this per sign is the last.

        Returns:
            A new model and the log likelihoods. A state that nothing visits keeps its rows.

        Raises:
            ValueError: no sequence, no round, signs out of range or that the model cannot give.
        """
        if not sequences or iterations < 1:
            raise ValueError(f"expected sequences and iterations >= 1, got {iterations}")
        total = sum(map(len, sequences))
        model, history = self, [sum(map(self.log_prob, sequences))]
        for _ in range(iterations):
            parts = zip(*map(model._expected_counts, sequences), strict=True)
            starts, pairs, signs_of = (torch.stack(part).sum(0) for part in list(parts)[:3])
            model = HMM(
                starts / starts.sum(),
                _shares(pairs, model.transition),
                _shares(signs_of, model.emission),
            )
            history.append(sum(map(model.log_prob, sequences)))
            if history[-1] - history[-2] < tol * total:
                break
        return HMMFit(model, history)


class HMMFit(NamedTuple):
    """What Baum-Welch found.

    Attributes:
        model: the model after the last round.
        log_likelihoods: of all sequences together, before each round and after the last.
    """

    model: HMM
    log_likelihoods: list[float]


def _possible(log_joint: Tensor) -> Tensor:
    """The log likelihood from the last step's joint probabilities, unless there is none."""
    log_prob = log_joint.logsumexp(0)
    if not bool(log_prob.isfinite()):
        raise ValueError("the model gives these signs with probability 0")
    return log_prob


def _shares(counts: Tensor, otherwise: Tensor) -> Tensor:
    """Counts over the sums of their rows; a row without counts stays as it was."""
    sums = counts.sum(1, keepdim=True)
    return torch.where(sums > 0, counts / sums.clamp(min=torch.finfo(sums.dtype).tiny), otherwise)
