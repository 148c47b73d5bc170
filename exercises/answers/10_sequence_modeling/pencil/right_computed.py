"""Formulas for the decimals."""

pencil = {
    "scalar": [7 / 4, 2, 3 / 2],
    "bound": 0.2**10,
    "clipped": [3 / 2, 2],
    "half": math.log(2) / -math.log(0.95),
    "counts": [256 * 385, 3 * 256 * 385, 4 * 256 * 385],
    "softmax": [*torch.tensor([2.0, 1.0, 0.0]).softmax(dim=0).tolist(), 0],
    "products": [2 * 512**2 * 64, 4 * 512 * 64**2],
    "window": 1024 * 65 - 32 * 33,
    "beam": 10**6,
    "forced": 1 / (1 + math.exp(3) / 10),
    "perplexity": [math.exp(1.2), 1.2 / math.log(2)],
    "covered": -math.log(50),
}
