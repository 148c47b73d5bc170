"""Loops and counts."""


def tail(times, q=0.95):
    for t in sorted(times):
        if sum(s <= t for s in times) >= q * len(times) - 1e-9:
            return t


def pareto_front(accuracy, cost, latency):
    models, front = list(zip((-a for a in accuracy), cost, latency)), []
    for i, model in enumerate(models):
        if not any(other != model and all(o <= m for o, m in zip(other, model)) for other in models):
            front.append(i)
    return front


def choose_model(accuracy, cost, times, most_cost, most_latency):
    best = None
    for i in range(len(accuracy)):
        if cost[i] > most_cost or tail(times[i]) > most_latency:
            continue
        if best is None or accuracy[i] > accuracy[best] or (accuracy[i] == accuracy[best] and cost[i] < cost[best]):
            best = i
    return best


def cascade(confidence, small, large, threshold, costs):
    right, spent = 0, 0.0
    for c, s, l in zip(confidence.tolist(), small.tolist(), large.tolist()):
        right += s if c >= threshold else l
        spent += costs[0] if c >= threshold else costs[0] + costs[1]
    return right / len(small), spent / len(small)


def cascade_threshold(confidence, small, large, costs, budget):
    best = None
    for t in sorted({0.0, math.inf, *confidence.tolist()}):
        right, cost = cascade(confidence, small, large, t, costs)
        if cost <= budget + 1e-9 and (best is None or right > best[0] + 1e-9):
            best = (right, t)
    return None if best is None else best[1]
