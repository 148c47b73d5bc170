"""Good steps counted over all, whatever came in between."""
# fails: overflow_restarts_the_count


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        good = self.good
        new = super().step(weights, gradients, lr, max_norm)
        if not all(bool(g.isfinite().all()) for g in gradients):
            self.good = good
        return new
