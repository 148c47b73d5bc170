"""Cosines, kernels and sorted distances."""


def alignment(z1, z2, alpha=2.0):
    squared = 2 - 2 * nn.functional.cosine_similarity(z1, z2)
    return squared.clamp(min=0).pow(alpha / 2).sum() / len(z1)


def uniformity(z, t=2.0):
    z = nn.functional.normalize(z)
    n = len(z)
    weights = torch.exp(-2 * t * (1 - z @ z.T))
    return ((weights.sum() - weights.trace()) / (n * (n - 1))).log()


def effective_rank(Z):
    s = torch.linalg.svdvals(Z - Z.mean(0))
    s = s[s > 1e-9 * s.max()]
    p = s / s.sum()
    return torch.exp(-(p * p.log()).sum())


def linear_cka(A, B):
    n = len(A)
    H = torch.eye(n, dtype=A.dtype) - 1 / n
    K, L = H @ A @ A.T @ H, H @ B @ B.T @ H
    return (K * L).sum() / (K.norm() * L.norm())


def intrinsic_dimension(X):
    total = 0.0
    for i, row in enumerate(X):
        near = (X - row).norm(dim=1)
        r0, r1, r2 = near.topk(3, largest=False).values.tolist()
        total += math.log(r2) - math.log(r1)
    return len(X) / total
