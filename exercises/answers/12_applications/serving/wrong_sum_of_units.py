"""Accuracy minus cost minus latency."""
# fails: choices_within_limits


def choose_model(accuracy, cost, times, most_cost, most_latency):
    allowed = [i for i, t in enumerate(times) if cost[i] <= most_cost and tail(t) <= most_latency]
    return max(allowed, key=lambda i: accuracy[i] - cost[i] - tail(times[i]), default=None)
