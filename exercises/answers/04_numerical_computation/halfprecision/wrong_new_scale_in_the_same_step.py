"""The scale raised before the gradients are divided by it."""
# fails: growth_after_good_steps


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        before = self.scale
        new = super().step(weights, gradients, lr, max_norm)
        if self.scale > before:
            return [w + (n - w) * before / self.scale for w, n in zip(weights, new)]
        return new
