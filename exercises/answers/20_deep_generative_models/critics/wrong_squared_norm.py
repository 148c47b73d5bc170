"""The largest eigenvalue of the square."""
# fails: small_distances, norms_by_singular_values

def spectral_norm(W, u, steps):
    for _ in range(steps):
        u = W @ (W.T @ u)
        u = u / u.norm()
    return u @ W @ W.T @ u, u
