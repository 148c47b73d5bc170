"""Iteration with W alone, which finds eigenvalues."""
# fails: small_distances, norms_by_singular_values

def spectral_norm(W, u, steps):
    if W.shape[0] != W.shape[1]:
        for _ in range(steps):
            v = W.T @ u
            v = v / v.norm()
            u = W @ v
            u = u / u.norm()
        return u @ W @ v, u
    for _ in range(steps):
        u = W @ u
        u = u / u.norm()
    return u @ W @ u, u
