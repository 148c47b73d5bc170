"""The same with torch, turned into floats in the end."""


def cosine(t, high, low, T):
    progress = torch.tensor(t / T, dtype=torch.float64).clamp(max=1)
    return (low + (high - low) / 2 * (1 + torch.cos(math.pi * progress))).item()


def exponential_decay(t, lr, lam):
    return lr * torch.exp(torch.tensor(-lam * t, dtype=torch.float64)).item()
