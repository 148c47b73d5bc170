"""Bad evaluations counted over all."""
# fails: ties, patience_starts_anew, not_a_number, larger_is_better


class EarlyStopping(EarlyStopping):
    def step(self, metric, state):
        waited = self.waited
        super().step(metric, state)
        self.waited = waited + (self.best_step != self.seen)
        return self.waited >= self.patience
