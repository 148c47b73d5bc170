"""Both averages used as they are."""
# fails: first_step_of_adam, adam_of_torch, epsilon_of_adam, decoupled_weight_decay, defaults


class Adam:
    def __init__(self, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, (self.b1, self.b2), self.eps, self.decay, self.m = lr, betas, eps, weight_decay, None

    def step(self, params, gradients):
        if self.m is None:
            self.m = self.v = [torch.zeros_like(p) for p in params]
        self.m = [self.b1 * m + (1 - self.b1) * g for m, g in zip(self.m, gradients)]
        self.v = [self.b2 * v + (1 - self.b2) * g * g for v, g in zip(self.v, gradients)]
        shrink = 1 - self.lr * self.decay
        return [shrink * p - self.lr * m / (v.sqrt() + self.eps) for p, m, v in zip(params, self.m, self.v)]
