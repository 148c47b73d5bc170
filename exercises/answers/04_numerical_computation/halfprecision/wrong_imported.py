"""The answer by torch's own scaler."""
# fails: all

from torch.amp import GradScaler


class LossScaler(LossScaler):
    def step(self, weights, gradients, lr, max_norm=None):
        self.torch = GradScaler("cpu")
        return super().step(weights, gradients, lr, max_norm)
