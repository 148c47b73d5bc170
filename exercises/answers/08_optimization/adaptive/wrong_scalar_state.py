"""One average for a whole tensor, as its rate were shared."""
# fails: rmsprop_of_torch, epsilon_outside_the_root, defaults


class RMSProp(RMSProp):
    def step(self, params, gradients):
        if self.r is None:
            self.r = [torch.zeros_like(p) for p in params]
        self.r = [self.rho * r + (1 - self.rho) * (g * g).mean() for r, g in zip(self.r, gradients)]
        return [p - self.lr * g / (r.sqrt() + self.eps) for p, g, r in zip(params, gradients, self.r)]
