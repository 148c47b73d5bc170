"""Epsilon inside the root of Adam."""
# fails: first_step_of_adam, epsilon_of_adam, defaults


class Adam(Adam):
    def step(self, params, gradients):
        if self.m is None:
            self.m = self.v = [torch.zeros_like(p) for p in params]
        self.t += 1
        b1, b2 = self.betas
        self.m = [b1 * m + (1 - b1) * g for m, g in zip(self.m, gradients)]
        self.v = [b2 * v + (1 - b2) * g * g for v, g in zip(self.v, gradients)]
        new = []
        for p, m, v in zip(params, self.m, self.v):
            m, v = m / (1 - b1**self.t), v / (1 - b2**self.t)
            new.append((1 - self.lr * self.decay) * p - self.lr * m / (v + self.eps).sqrt())
        return new
