"""Norms, entropies by xlogy, sorting, and loops over units."""


def l1_penalty(H):
    return torch.linalg.vector_norm(H, ord=1) / H.shape[0]


def kl_sparsity(H, rho):
    total = 0.0
    for unit in H.T:
        on = unit.sum() / len(unit)
        total = total + rho * (math.log(rho) - on.log()) + (1 - rho) * (math.log(1 - rho) - torch.log1p(-on))
    return total


def top_k(H, k):
    order = H.argsort(dim=1, descending=True)
    rank = order.argsort(dim=1)
    return torch.where(rank < k, H, 0.0)


def unit_columns(W_e, b_e, W_d):
    E, b, D = W_e.clone(), b_e.clone(), W_d.clone()
    for j in range(len(b)):
        c = D[:, j].square().sum().sqrt().item()
        if c:
            E[j], b[j], D[:, j] = E[j] * c, b[j] * c, D[:, j] / c
    return E, b, D
