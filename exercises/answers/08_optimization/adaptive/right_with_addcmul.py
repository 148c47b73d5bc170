"""Accumulators made at once and changed in place by fused operations; the corrections put into rate and epsilon."""


class AdaGrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps, self.sums = lr, eps, {}

    def step(self, params, gradients):
        out = []
        for i, (p, g) in enumerate(zip(params, gradients)):
            total = self.sums.setdefault(i, torch.zeros_like(p))
            total.addcmul_(g, g)
            out.append(torch.addcdiv(p, g, total.sqrt() + self.eps, value=-self.lr))
        return out


class Adam:
    def __init__(self, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.eps, self.weight_decay = lr, eps, weight_decay
        self.beta1, self.beta2 = betas
        self.moments, self.steps = {}, 0

    def step(self, params, gradients):
        self.steps += 1
        root = math.sqrt(1 - self.beta2**self.steps)
        rate = self.lr * root / (1 - self.beta1**self.steps)
        out = []
        for i, (p, g) in enumerate(zip(params, gradients)):
            m, v = self.moments.get(i, (torch.zeros_like(p), torch.zeros_like(p)))
            m = torch.lerp(g, m, self.beta1)
            v = self.beta2 * v + (1 - self.beta2) * g.square()
            self.moments[i] = m, v
            out.append(p - self.lr * self.weight_decay * p - rate * m / (v.sqrt() + root * self.eps))
        return out
