"""The state made from the first gradients, a common base class, powers kept as products."""


class _Scaled:
    kept = 1.0
    added = 1.0

    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps, self.r = lr, eps, None

    def step(self, params, gradients):
        squares = [self.added * g**2 for g in gradients]
        self.r = squares if self.r is None else [self.kept * r + q for r, q in zip(self.r, squares)]
        return [p - self.lr * (g / (torch.sqrt(r) + self.eps)) for p, g, r in zip(params, gradients, self.r)]


class AdaGrad(_Scaled):
    pass


class RMSProp(_Scaled):
    def __init__(self, lr, rho=0.9, eps=1e-8):
        super().__init__(lr, eps)
        self.kept, self.added = rho, 1 - rho
