"""The Frobenius norm."""
# fails: small_distances, norms_by_singular_values

def spectral_norm(W, u, steps):
    for _ in range(steps):
        v = W.T @ u
        v = v / v.norm()
        u = W @ v
        u = u / u.norm()
    return W.norm(), u
