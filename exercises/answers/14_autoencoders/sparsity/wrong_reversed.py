"""The divergence of the target from the mean, the other way round."""
# fails: divergence_of_two_units, divergences_of_torch


def kl_sparsity(H, rho):
    mean = H.mean(dim=0)
    return (mean * torch.log(mean / rho) + (1 - mean) * torch.log((1 - mean) / (1 - rho))).sum()
