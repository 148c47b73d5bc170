"""The live weights kept, not a copy."""
# fails: best_weights


class EarlyStopping(EarlyStopping):
    def step(self, metric, state):
        before = self.best_step
        stop = super().step(metric, state)
        if self.best_step != before:
            self.best_state = state
        return stop
