"""Only the first gradient looked at."""
# fails: overflow_in_any_tensor


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        if all(bool(g.isfinite().all()) for g in gradients) or not gradients[0].isfinite().all():
            return super().step(weights, gradients, lr, max_norm)
        return [w - lr * g.float() / self.scale for w, g in zip(weights, gradients)]
