"""A heap for the beam, a finished list, and recursion for the greedy search."""

import heapq


def greedy(step, end, most, tokens=(), total=0.0):
    if len(tokens) == most or tokens[-1:] == (end,):
        return tokens, total
    logs = step(tokens)
    best = min(range(len(logs)), key=lambda k: (-logs[k], k))
    return greedy(step, end, most, (*tokens, best), total + logs[best])


def beam_search(step, width, end, most, alpha=0.0):
    beam = [(-0.0, ())]
    for _ in range(most):
        done = [h for h in beam if h[1] and h[1][-1] == end]
        pool = [(cost - log, (*tokens, k)) for cost, tokens in beam if (cost, tokens) not in done for k, log in enumerate(step(tokens))]
        beam = heapq.nsmallest(width, done + pool)
    cost, tokens = min((cost / len(tokens) ** alpha, tokens) for cost, tokens in beam)
    return tokens, -cost


def sampling_probability(i, k, kind):
    match kind:
        case "linear":
            return max(1 - i / k, 0.0)
        case "exponential":
            return float(k) ** i
        case "inverse sigmoid":
            return 1 / (1 + math.exp(min(i / k, 700.0)) / k)
    raise ValueError(kind)


def predictions(model, start, truth, forced):
    rows = [model(start)]
    for t in range(len(truth) - 1):
        rows.append(model(truth[t] if forced[t] else rows[t]))
    return torch.stack(rows)
