"""All metrics kept in a list, maxima by negating, the penalty by logarithms."""

import copy


class EarlyStopping:
    def __init__(self, patience, mode="min", min_delta=0.0):
        self.patience, self.maximize, self.min_delta = patience, mode == "max", min_delta
        self.metrics, self.best_step, self.best_state = [], 0, None
        self.best = -math.inf if self.maximize else math.inf

    def step(self, metric, state):
        self.metrics.append(metric)
        gain = metric - self.best if self.maximize else self.best - metric
        if gain > self.min_delta:
            self.best, self.best_step, self.best_state = metric, len(self.metrics), copy.deepcopy(state)
        return len(self.metrics) - self.best_step >= self.patience


def equivalent_penalty(lr, steps, h):
    kept = -math.expm1(steps * math.log1p(-lr * h))
    return h / kept - h
