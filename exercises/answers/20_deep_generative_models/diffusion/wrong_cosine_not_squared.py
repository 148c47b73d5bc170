"""The cosine without the square."""
# fails: cosine_schedules

def cosine_betas(T, s, most):
    angle = (torch.arange(T + 1, dtype=torch.float64) / T + s) / (1 + s) * math.pi / 2
    f = angle.cos()
    return (1 - f[1:] / f[:-1]).clamp(max=most)
