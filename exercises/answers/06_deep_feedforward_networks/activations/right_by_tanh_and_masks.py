"""The sigmoid through tanh, the branches through masks instead of where."""


def sigmoid(z):
    return 0.5 * (1 + torch.tanh(z / 2))


def sigmoid_derivative(z):
    return sigmoid(z) * sigmoid(-z)


def prelu(z, alpha):
    return z.clamp(min=0) + alpha * z.clamp(max=0)


def prelu_derivative(z, alpha):
    positive = (z > 0).to(z.dtype)
    return positive + alpha * (1 - positive)


def elu(z, alpha=1.0):
    return z.clamp(min=0) + alpha * torch.expm1(z.clamp(max=0))


def gelu(z):
    return 0.5 * z * torch.erfc(-z / 2**0.5)
