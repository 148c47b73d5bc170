"""The mean of the class, without any sampling."""
# fails: samples_of_each_class, digits_are_recognised

def request(y, means, covariances, betas, generator):
    draw = lambda: torch.randn(len(y), means.shape[1], generator=generator, dtype=means.dtype)
    left, x = torch.cumprod(1 - betas, dim=0), draw()
    for t in range(len(betas), 0, -1):
        noise = class_noise(x, torch.full((len(y),), t), y, means, covariances, betas)
        x = (x - betas[t - 1] / (1 - left[t - 1]).sqrt() * noise) / (1 - betas[t - 1]).sqrt()
        if t > 1:
            x = x + betas[t - 1].sqrt() * draw()
    return means[y] + 0 * x
