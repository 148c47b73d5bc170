"""The matrix of the exact posterior, whose constant is missing."""
# fails: encoders_without_a_constant

def best_encoder(X, W, b, s):
    return torch.linalg.solve(torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / s**2, W.T / s**2)
