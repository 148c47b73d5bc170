"""The scale only falls."""
# fails: growth_after_good_steps, overflow_restarts_the_count, defaults


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        scale = self.scale
        new = super().step(weights, gradients, lr, max_norm)
        self.scale = min(self.scale, scale)
        return new
