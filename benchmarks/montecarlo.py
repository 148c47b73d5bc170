"""NUTS beside NumPyro and BlackJAX: effective draws a second, all chains in one batch, one core.

Needs the peers of benchmarks/requirements.txt. Every sampler adapts in its own way during burn-in.
The first call compiles, later ones are timed in turn, burn-in included, in processor time. What
counts is the smallest bulk effective sample size over the coordinates, by the same estimator for
all.
"""

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from torch import Tensor

from benchmarks.record import RESULTS, append, machine
from dlcore import montecarlo as ours

EFFECTS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12], dtype=np.float32)
ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18], dtype=np.float32)
Sampler = Callable[[int, np.ndarray], np.ndarray]
"""From a seed and first states (chains, d) to draws (chains, draws, d)."""


def cancer() -> tuple[np.ndarray, np.ndarray]:
    """Standardized measurements with a column of ones, and labels."""
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(0)) / X.std(0)
    return np.column_stack([X, np.ones(len(X))]).astype(np.float32), y.astype(np.float32)


def target(name: str) -> tuple[ours.Target, Callable, float]:
    """The log density for torch, the same for one chain of JAX, and the target acceptance."""
    import jax
    import jax.numpy as jnp

    if name == "eight schools":

        def schools(x):
            tau = jnp.exp(x[1])
            prior = -0.5 * (x[0] / 5) ** 2 + x[1] - jnp.log1p((tau / 5) ** 2)
            residual = (EFFECTS - x[0] - tau * x[2:]) / ERRORS
            return prior - 0.5 * (x[2:] ** 2).sum() - 0.5 * (residual**2).sum()

        return ours.eight_schools(), schools, 0.8
    if name == "logistic regression":
        X, y = cancer()
        signed = X * (2 * y - 1)[:, None]

        def logistic(w):
            return jax.nn.log_sigmoid(signed @ w).sum() - 0.5 * (w**2).sum()

        return ours.logistic_posterior(torch.tensor(X), torch.tensor(y)), logistic, 0.8

    def funnel(x):
        v, rest = x[0], x[1:]
        return -(v**2) / 18 - 0.5 * ((rest**2).sum() * jnp.exp(-v) + len(rest) * v)

    return ours.neals_funnel(), funnel, 0.95


def with_ours(log_prob: Callable, acceptance: float, draws: int, compiled: bool) -> Sampler:
    def sample(seed: int, start: np.ndarray) -> np.ndarray:
        generator = torch.Generator().manual_seed(seed)
        run = ours.nuts(
            log_prob, torch.tensor(start), draws, burn_in=draws, compiled=compiled,
            target_acceptance=acceptance, generator=generator,
        )  # fmt: skip
        return run.samples.numpy()

    return sample


def with_numpyro(log_prob: Callable, acceptance: float, draws: int) -> Sampler:
    import jax
    from numpyro.infer import MCMC, NUTS

    kernel = NUTS(potential_fn=lambda x: -log_prob(x), target_accept_prob=acceptance)

    @jax.jit  # without it each run would be compiled anew
    def run(key, start):
        chains = MCMC(
            kernel, num_warmup=draws, num_samples=draws, num_chains=len(start),
            chain_method="vectorized", progress_bar=False,
        )  # fmt: skip
        chains.run(key, init_params=start)
        return chains.get_samples(group_by_chain=True)

    return lambda seed, start: np.asarray(run(jax.random.PRNGKey(seed), start))


def with_blackjax(log_prob: Callable, acceptance: float, draws: int) -> Sampler:
    import blackjax
    import jax

    adaptation = blackjax.window_adaptation(
        blackjax.nuts, log_prob, target_acceptance_rate=acceptance
    )
    kernel = blackjax.nuts.build_kernel()

    def adapt(key, x):
        (state, parameters), _ = adaptation.run(key, x, draws)
        return state, parameters

    def move(key, state, parameters):
        state, _ = kernel(key, state, log_prob, **parameters)
        return state

    @jax.jit
    def run(key, start):
        first, second = jax.random.split(key)
        state, parameters = jax.vmap(adapt)(jax.random.split(first, len(start)), start)

        def step(state, key):
            state = jax.vmap(move)(jax.random.split(key, len(start)), state, parameters)
            return state, state.position

        _, positions = jax.lax.scan(step, state, jax.random.split(second, draws))
        return positions.swapaxes(0, 1)

    return lambda seed, start: np.asarray(run(jax.random.PRNGKey(seed), start))


def measure(
    samplers: dict[str, Sampler], start: np.ndarray, repeats: int
) -> dict[str, dict[str, float]]:
    """Processor seconds of first calls; medians of later ones, and effective draws a second.

    The samplers take turns, so that a busy spell of the machine meets all of them.
    """

    def timed(name: str, seed: int) -> tuple[float, float]:
        begin = time.process_time()
        draws = samplers[name](seed, start)
        seconds = time.process_time() - begin
        ess: Tensor = ours.effective_sample_size(torch.tensor(draws).double())
        return seconds, float(ess.min()) / seconds

    first = {name: timed(name, 0)[0] for name in samplers}
    later: dict[str, list[tuple[float, float]]] = {name: [] for name in samplers}
    for seed in range(1, repeats + 1):
        for name in samplers:
            later[name].append(timed(name, seed))
    rows = {}
    for name, seconds in first.items():
        median, rate = np.median(later[name], axis=0)
        rows[name] = {"first_s": seconds, "seconds": median, "ess_per_s": rate}
    return rows


def main() -> None:
    """Command line: `python -m benchmarks.montecarlo [--only NAME] [--chains 16] [--record]`."""
    names = ("eight schools", "logistic regression", "funnel")
    parser = argparse.ArgumentParser(description="NUTS beside NumPyro and BlackJAX")
    parser.add_argument("--only", choices=names, action="append")
    parser.add_argument("--chains", type=int, default=16)
    parser.add_argument("--draws", type=int, default=1000, help="kept, after as many to adapt")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--uncompiled", action="store_true", help="ours without compiling, too")
    parser.add_argument("--record", action="store_true", help="append to benchmarks/results/")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    rows = []
    print(
        f"{options.chains} chains, {options.draws} draws after {options.draws} to adapt, one core"
    )
    print(f"{'target':<22}{'sampler':<18}{'first s':>9}{'s':>8}{'ESS/s':>10}{'ours/peer':>11}")
    for name in options.only or names:
        log_prob, one, acceptance = target(name)
        rng = np.random.default_rng(0)
        start = rng.standard_normal((options.chains, log_prob.dim), dtype=np.float32)
        samplers = {
            "ours, compiled": with_ours(log_prob.log_prob, acceptance, options.draws, True),
            "BlackJAX": with_blackjax(one, acceptance, options.draws),
            "NumPyro": with_numpyro(one, acceptance, options.draws),
        }
        if options.uncompiled:
            samplers["ours"] = with_ours(log_prob.log_prob, acceptance, options.draws, False)
        measured = measure(samplers, start, options.repeats)
        best = measured["ours, compiled"]["ess_per_s"]
        for sampler, row in measured.items():
            print(
                f"{name:<22}{sampler:<18}{row['first_s']:>9.1f}{row['seconds']:>8.2f}"
                f"{row['ess_per_s']:>10.0f}{best / row['ess_per_s']:>11.2f}",
                flush=True,
            )
            rows.append(
                {"target": name, "sampler": sampler, "chains": options.chains}
                | {"draws": options.draws, "repeats": options.repeats}
                | {k: f"{v:.4g}" for k, v in row.items()}
                | {"torch": torch.__version__, "date": datetime.now(UTC).date().isoformat()}
            )
    if options.record:
        append(rows, RESULTS / f"montecarlo_{machine()}.csv")


if __name__ == "__main__":
    main()
