"""One flat vector of all gradients, a counter that runs down."""


class LossScaler:
    def __init__(self, scale=65536.0, growth=2.0, backoff=0.5, interval=2000):
        self.scale, self.factors, self.interval = float(scale), (growth, backoff), interval
        self.left = interval

    def step(self, weights, gradients, lr, max_norm=None):
        flat = torch.cat([g.flatten().to(torch.float32) for g in gradients])
        if flat.abs().sum() == math.inf or flat.isnan().any():
            self.scale, self.left = self.scale * self.factors[1], self.interval
            return [w.clone() for w in weights]
        flat = flat * (1 / self.scale)
        if max_norm is not None:
            flat = flat * min(1.0, max_norm / max(float(flat.norm()), 1e-30))
        self.left -= 1
        if not self.left:
            self.scale, self.left = self.scale * self.factors[0], self.interval
        parts = flat.split([w.numel() for w in weights])
        return [w - lr * g.reshape(w.shape) for w, g in zip(weights, parts)]
