"""1 over the largest eigenvalue."""
# fails: best_learning_rate


def best_rate(H):
    values = torch.linalg.eigvalsh(H)
    if values[0] <= 0:
        raise ValueError
    return 1 / values[-1].item(), 1 - (values[0] / values[-1]).item()
