"""The state is the class's, so all optimizers share it."""
# fails: rmsprop_of_torch, epsilon_outside_the_root, defaults, optimizers_share_nothing, inputs_kept


class RMSProp(RMSProp):
    shared = []

    def step(self, params, gradients):
        if not self.shared:
            self.shared.extend(torch.zeros_like(p) for p in params)
        for i, g in enumerate(gradients):
            if self.shared[i].shape != g.shape:
                self.shared[i] = torch.zeros_like(g)
            self.shared[i] = self.rho * self.shared[i] + (1 - self.rho) * g * g
        return [p - self.lr * g / (r.sqrt() + self.eps) for p, g, r in zip(params, gradients, self.shared)]
