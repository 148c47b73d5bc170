"""Integers, lists, computed values."""

sketch = {
    "smallest": 1 / 2,
    "largest": 3,
    "largest_fp4": 6,
    "gradient": [2 * 2 + 3 * 1, 3 * 2 + 2 * 1],
    "curvatures": torch.tensor([-1, 5]),
    "condition": 3,
    "near": 40002.00007,
    "amplified": 28285,
    "top": torch.tensor(0.5),
    "multiplier": 0.5,
    "values": [2, 4],
    "vectors": torch.tensor([[-0.7071, 0.7071], [0.7071, 0.7071]]),
}
