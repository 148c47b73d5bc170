"""The step counted once for every tensor."""
# fails: adam_of_torch, epsilon_of_adam, decoupled_weight_decay, defaults


class Adam(Adam):
    def step(self, params, gradients):
        if self.m is None:
            self.m = self.v = [torch.zeros_like(p) for p in params]
        b1, b2 = self.betas
        self.m = [b1 * m + (1 - b1) * g for m, g in zip(self.m, gradients)]
        self.v = [b2 * v + (1 - b2) * g * g for v, g in zip(self.v, gradients)]
        new = []
        for p, m, v in zip(params, self.m, self.v):
            self.t += 1
            m, v = m / (1 - b1**self.t), v / (1 - b2**self.t)
            new.append((1 - self.lr * self.decay) * p - self.lr * m / (v.sqrt() + self.eps))
        return new
