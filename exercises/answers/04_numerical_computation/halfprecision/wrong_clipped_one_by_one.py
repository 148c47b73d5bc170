"""Each tensor clipped by its own norm."""
# fails: clipping_of_all_together


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        clipped = []
        for g in gradients:
            norm = g.float().norm() / self.scale
            clipped.append(g.float() * (max_norm / norm) if max_norm is not None and norm > max_norm else g)
        return super().step(weights, clipped, lr, None)
