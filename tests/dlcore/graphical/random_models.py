"""Random discrete models, and their joint distribution by enumeration in NumPy."""

import string

import numpy as np
import torch

from dlcore.graphical import BayesianNetwork, Factor


def _factor(rng, scope, sizes, zeros):
    table = rng.gamma(1.0, size=[sizes[v] for v in scope]) + 0.01
    if zeros:
        table *= rng.random(table.shape) > 0.1
    return Factor.from_table(scope, torch.as_tensor(table))


def random_factors(seed, *, tree=False, zeros=False, variables=6):
    """Factors of one to three variables with two or three states each."""
    rng = np.random.default_rng(seed)
    sizes = {f"v{i}": int(rng.integers(2, 4)) for i in range(variables)}
    names, scopes = list(sizes), [["v0"]]
    while tree and len(names) > 1 and sum(len(s) - 1 for s in scopes) < len(names) - 1:
        reached = sum(len(s) - 1 for s in scopes) + 1
        new = names[reached : reached + int(rng.integers(1, 3))]
        scopes.append([*new, names[int(rng.integers(reached))]])
    if not tree:
        for size in (2, 2, 2, 3, 3):
            scopes.append(list(rng.choice(names, size, replace=False)))
    scopes += [[v] for v in names if rng.random() < 0.5 or not any(v in s for s in scopes)]
    return [_factor(rng, [str(v) for v in scope], sizes, zeros) for scope in scopes]


def random_network(seed, *, variables=5, zeros=False):
    """A Bayesian network whose arrows go from earlier to later names, given in mixed order."""
    rng = np.random.default_rng(seed)
    names = [f"v{i}" for i in range(variables)]
    sizes = {v: int(rng.integers(2, 4)) for v in names}
    parents = {v: [u for u in names[:i] if rng.random() < 0.4][:3] for i, v in enumerate(names)}
    tables = {}
    for v in names:
        table = rng.gamma(1.0, size=[*(sizes[u] for u in parents[v]), sizes[v]]) + 0.01
        if zeros:
            table[..., 0] *= rng.random(table.shape[:-1]) > 0.3
        tables[v] = torch.as_tensor(table / table.sum(-1, keepdims=True))
    order = [str(v) for v in rng.permutation(names)]
    return BayesianNetwork({v: parents[v] for v in order}, {v: tables[v] for v in order})


def joint_table(factors, keep=None, evidence=None):
    """The product of all factors summed over what is not kept, by numpy.einsum."""
    evidence = evidence or {}
    names = list(dict.fromkeys(v for f in factors for v in f.variables))
    letters = dict(zip(names, string.ascii_letters, strict=False))
    operands, inputs = [], []
    for f in factors:
        operands.append(f.log_table.exp().numpy())
        inputs.append("".join(letters[v] for v in f.variables))
    for v, state in evidence.items():
        k = next(f.cardinality[v] for f in factors if v in f.variables)
        operands.append(np.eye(k)[state])
        inputs.append(letters[v])
    output = "".join(letters[v] for v in (names if keep is None else keep))
    return np.einsum(f"{','.join(inputs)}->{output}", *operands)
