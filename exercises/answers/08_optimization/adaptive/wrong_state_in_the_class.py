"""The state is the class's, so all optimizers share it."""
# fails: optimizers_share_nothing


class RMSProp(RMSProp):
    def __init__(self, lr, rho=0.9, eps=1e-8):
        self.lr, self.rho, self.eps = lr, rho, eps
        RMSProp.r = None

    def step(self, params, gradients):
        if RMSProp.r is None:
            RMSProp.r = [torch.zeros_like(p) for p in params]
        RMSProp.r = [self.rho * r + (1 - self.rho) * g * g for r, g in zip(RMSProp.r, gradients)]
        return [p - self.lr * g / (r.sqrt() + self.eps) for p, g, r in zip(params, gradients, RMSProp.r)]
