"""The same numbers, computed."""

z2 = 3 / math.e
pencil = {
    "value": [0.5 / 0.7, math.log(5 / 7) + 0.4 * math.log(2 / 7) + 0.6 * math.log(1 / 2)],
    "logits": [-torch.sigmoid(torch.tensor(-3.0)).item(), torch.sigmoid(torch.tensor(-3.0)).item() - 1],
    "game": [5 * (1 + 0.2**2) ** 10, 5 * (1 - 0.2**2 + 0.2**4)],
    "apart": [math.log(2) / 2, 1.0],
    "spectral": [math.sqrt((9 + math.sqrt(17)) / 2), math.sqrt((9 - math.sqrt(17)) / (9 + math.sqrt(17)))],
    "flow": [-math.log(3 * math.sqrt(2 * math.pi)) - 1 / 2, -math.log(2 * math.sqrt(2 * math.pi)) - math.log(2) ** 2 / 2],
    "coupling": [z2, -math.log(2 * math.pi) - (2**2 + z2**2) / 2 - 1],
    "schedule": [35, 1 / (0.98**-100 - 1)],
    "posterior": [1 / 14, math.sqrt(0.8) / 2.8],
    "velocity": [7 / 8, -1 / 8],
    "guidance": [4.0, 2 / 3],
    "evaluations": [3072, 2000, 50],
    "blur": [0.8, 0.16],
    "weighted": [2 / 4, 3 / 4],
    "bound": [-math.log(2), math.log(0.4)],
    "frechet": [4 + 4, 1 / 4],
}
