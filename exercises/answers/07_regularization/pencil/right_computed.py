"""The same answers, computed, as tensors and integers."""

ratio = 9001.0

pencil = {
    "decayed": 2 - 0.1 * (0.5 + 0.3 * 2),
    "minima": torch.tensor([1.5, 2.0, 1.0]),
    "small": 0,
    "kept": [4 / (4 + 1), 1 - (1 - 0.01 * 4) ** 50],
    "moments": [1.6, 2, 1],
    "batch": (-3 / 5**0.5, 1 + 0.1 * (20 / 3 - 1)),
    "smoothed": [0.9001, math.log(ratio)],
    "clipped": [0.6, 0.8, 1, 1],
    "depth": sum(1 - 0.2 * l / 54 for l in range(1, 55)),
    "attacked": [-0.41, -0.62],
    "average": [0.25 * 4 + 0.75 * 4 / 10, 1],
}
