"""Golden sections of the loss over the logarithm of the temperature."""


def fit_temperature(Z, y):
    Z = Z.double()

    def loss(t):
        return -torch.log_softmax(Z / math.exp(t), dim=1)[torch.arange(len(y)), y].mean().item()

    a, b, g = math.log(0.01), math.log(100), (math.sqrt(5) - 1) / 2
    for _ in range(60):
        c, d = b - g * (b - a), a + g * (b - a)
        a, b = (a, d) if loss(c) < loss(d) else (c, b)
    return math.exp((a + b) / 2)
