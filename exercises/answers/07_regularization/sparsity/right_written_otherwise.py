"""The threshold by two ramps, the step unrolled by recursion, the ridge by eigenvectors."""


def soft_threshold(v, tau):
    return torch.relu(v - tau) - torch.relu(-v - tau)


def elastic_net_prox(v, tau, lam1, lam2):
    return soft_threshold(v / (1 + 2 * tau * lam2), tau * lam1 / (1 + 2 * tau * lam2))


def ista(slope, w, step, lam1, lam2, steps):
    if steps == 0:
        return w
    once = elastic_net_prox(w - slope(w) * step, step, lam1, lam2)
    return ista(slope, once, step, lam1, lam2, steps - 1)


def ridge_path(H, w_star, lam):
    h, Q = torch.linalg.eigh(H)
    return Q @ (h / (h + lam) * (Q.T @ w_star))
