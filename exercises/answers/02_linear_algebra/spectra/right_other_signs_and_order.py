"""Another order, other lengths and signs, all computed from closed forms."""

values = torch.tensor([2, 5])
vectors = torch.tensor([[-3, 4], [3, 2]])
Q = torch.tensor([[-1.0, 1.0], [1.0, 1.0]], dtype=torch.float64) / 2**0.5
Lam = torch.tensor([[2.0, 0.0], [0.0, 4.0]], dtype=torch.float64)
frobenius = torch.tensor(6.25).sqrt()
condition = ((6.25 + 23.0625**0.5) / (6.25 - 23.0625**0.5)) ** 0.5
