"""RMSProp's squares added up, without forgetting."""
# fails: two_steps_by_hand, rmsprop_of_torch, epsilon_outside_the_root, defaults


class RMSProp(RMSProp):
    def step(self, params, gradients):
        if self.r is None:
            self.r = [torch.zeros_like(p) for p in params]
        self.r = [r + (1 - self.rho) * g * g for r, g in zip(self.r, gradients)]
        return [p - self.lr * g / (r.sqrt() + self.eps) for p, g, r in zip(params, gradients, self.r)]
