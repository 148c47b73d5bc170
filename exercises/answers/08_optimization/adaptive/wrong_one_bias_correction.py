"""Only the mean corrected."""
# fails: first_step_of_adam, adam_of_torch, epsilon_of_adam, decoupled_weight_decay, defaults


class Adam(Adam):
    def step(self, params, gradients):
        if self.m is None:
            self.m = self.v = [torch.zeros_like(p) for p in params]
        self.t += 1
        b1, b2 = self.betas
        self.m = [b1 * m + (1 - b1) * g for m, g in zip(self.m, gradients)]
        self.v = [b2 * v + (1 - b2) * g * g for v, g in zip(self.v, gradients)]
        shrink, c = 1 - self.lr * self.decay, 1 - b1**self.t
        return [shrink * p - self.lr * m / c / (v.sqrt() + self.eps) for p, m, v in zip(params, self.m, self.v)]
