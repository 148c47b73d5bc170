"""Epsilon inside the root of AdaGrad."""
# fails: epsilon_outside_the_root, defaults


class AdaGrad(AdaGrad):
    def step(self, params, gradients):
        if self.r is None:
            self.r = [torch.zeros_like(p) for p in params]
        self.r = [r + g * g for r, g in zip(self.r, gradients)]
        return [p - self.lr * g / (r + self.eps).sqrt() for p, g, r in zip(params, gradients, self.r)]
