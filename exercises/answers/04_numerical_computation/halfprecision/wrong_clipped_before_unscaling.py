"""The scaled gradients clipped."""
# fails: clipping_of_true_gradients, clipping_of_all_together


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        if max_norm is not None:
            norm = sum(g.float().square().sum() for g in gradients).sqrt()
            if norm > max_norm:
                gradients = [g.float() * (max_norm / norm) for g in gradients]
        return super().step(weights, gradients, lr, None)
