"""A tie counts as an improvement."""
# fails: ties, larger_is_better


class EarlyStopping(EarlyStopping):
    def step(self, metric, state):
        if metric == self.best and self.min_delta == 0:
            self.seen, self.waited, self.best_step = self.seen + 1, 0, self.seen + 1
            self.best_state = {name: tensor.clone() for name, tensor in state.items()}
            return False
        return super().step(metric, state)
