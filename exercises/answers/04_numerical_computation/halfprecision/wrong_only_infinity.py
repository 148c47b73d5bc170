"""nan not noticed."""
# fails: overflow_in_any_tensor, overflow_restarts_the_count


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        if any(g.isnan().any() for g in gradients):
            return [w - lr * g.float() / self.scale for w, g in zip(weights, gradients)]
        return super().step(weights, gradients, lr, max_norm)
