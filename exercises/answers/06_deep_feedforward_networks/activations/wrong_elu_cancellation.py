"""exp(z) - 1, which loses its digits near zero."""
# fails: elu_matches_torch


def elu(z, alpha=1.0):
    return torch.where(z > 0, z, alpha * (torch.exp(z.clamp(max=0)) - 1))
