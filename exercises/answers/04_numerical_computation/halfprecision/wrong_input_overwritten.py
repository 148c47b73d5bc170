"""The weights changed in place, and returned."""
# fails: inputs_kept


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        new = super().step(weights, gradients, lr, max_norm)
        for w, n in zip(weights, new):
            w.copy_(n)
        return new
