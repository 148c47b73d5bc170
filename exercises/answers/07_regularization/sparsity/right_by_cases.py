"""The threshold by cases, a while loop, the ridge by an inverse."""


def soft_threshold(v, tau):
    return torch.where(v > tau, v - tau, torch.where(v < -tau, v + tau, torch.zeros_like(v)))


def ista(slope, w, step, lam1, lam2, steps):
    w = w.clone()
    while steps > 0:
        w = soft_threshold(w - step * slope(w), step * lam1) / (1 + 2 * step * lam2)
        steps -= 1
    return w


def ridge_path(H, w_star, lam):
    return w_star - lam * torch.linalg.inv(H + lam * torch.eye(len(H), dtype=H.dtype)) @ w_star
