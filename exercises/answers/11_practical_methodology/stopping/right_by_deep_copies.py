"""Deep copies, and a best loss that is None at first inside."""

import copy


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta, self.since, self.seen = patience, min_delta, 0, -1
        self.best_loss, self.best_epoch, self.best_weights = float("inf"), None, None

    def update(self, loss, weights):
        self.seen += 1
        self.since += 1
        if loss + self.min_delta < self.best_loss:
            self.best_loss, self.best_epoch, self.since = loss, self.seen, 0
            self.best_weights = copy.deepcopy(weights)
        return self.since >= self.patience
