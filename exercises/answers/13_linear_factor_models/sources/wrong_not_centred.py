"""Rows that aren't centred."""
# fails: white_and_linear


def whiten(X):
    values, vectors = torch.linalg.eigh(X.T @ X / len(X))
    return X @ (vectors / values.sqrt())
