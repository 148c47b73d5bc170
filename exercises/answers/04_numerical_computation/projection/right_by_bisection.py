"""The simplex by halving an interval for theta, the ball by a factor of at most 1."""


def project_box(y, low, high):
    return torch.where(y < low, low, torch.where(y > high, high, y))


def project_ball(y, radius, centre):
    length = torch.linalg.vector_norm(y - centre)
    return centre + (y - centre) * min(1.0, radius / max(length.item(), 1e-300))


def project_simplex(y):
    low, high = y.min().item() - 1, y.max().item()
    for _ in range(200):
        theta = (low + high) / 2
        if (y - theta).clamp(min=0).sum() > 1:
            low = theta
        else:
            high = theta
    return (y - theta).clamp(min=0)
