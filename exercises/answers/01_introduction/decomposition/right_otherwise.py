"""Second moments, a trace, and normal equations."""


def decompose(predictions, f):
    R = len(predictions)
    mean = predictions.sum(dim=0) / R
    variance = (predictions**2).sum(dim=0) / R - mean**2
    return ((f - mean) ** 2).mean(), variance.mean()


def expected_error(H, f, sigma):
    n = len(f)
    rest = f - H @ f
    return rest @ rest / n, sigma * sigma * torch.trace(H @ H.T) / n, torch.tensor(sigma**2, dtype=f.dtype)


def learning_curve(A, y, A_test, y_test, sizes):
    def error(n):
        fit = torch.linalg.solve(A[:n].T @ A[:n], A[:n].T @ y[:n])
        return float(((A_test @ fit - y_test) ** 2).mean())

    return [error(n) for n in sizes]
