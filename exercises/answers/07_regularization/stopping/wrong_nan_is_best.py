"""Not worse than the best counts as better, so nan becomes the best."""
# fails: not_a_number


class EarlyStopping(EarlyStopping):
    def step(self, metric, state):
        if metric != metric:
            self.seen, self.waited, self.best_step = self.seen + 1, 0, self.seen + 1
            return False
        return super().step(metric, state)
