"""The scale lowered, but the step taken."""
# fails: one_overflow, overflow_in_any_tensor


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        scale = self.scale
        new = super().step(weights, gradients, lr, max_norm)
        if all(bool(g.isfinite().all()) for g in gradients):
            return new
        return [w - lr * g.float() / scale for w, g in zip(weights, gradients)]
