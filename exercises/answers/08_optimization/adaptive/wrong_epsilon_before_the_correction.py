"""Epsilon added to the root that is not yet corrected."""
# fails: epsilon_of_adam, defaults


class Adam(Adam):
    def step(self, params, gradients):
        if self.m is None:
            self.m = self.v = [torch.zeros_like(p) for p in params]
        self.t += 1
        b1, b2 = self.betas
        self.m = [b1 * m + (1 - b1) * g for m, g in zip(self.m, gradients)]
        self.v = [b2 * v + (1 - b2) * g * g for v, g in zip(self.v, gradients)]
        rate = self.lr * math.sqrt(1 - b2**self.t) / (1 - b1**self.t)
        shrink = 1 - self.lr * self.decay
        return [shrink * p - rate * m / (v.sqrt() + self.eps) for p, m, v in zip(params, self.m, self.v)]
