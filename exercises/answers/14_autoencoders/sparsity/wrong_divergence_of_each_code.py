"""The divergence of each code, averaged over the batch."""
# fails: divergence_of_two_units, divergences_of_torch


def kl_sparsity(H, rho):
    return (rho * torch.log(rho / H) + (1 - rho) * torch.log((1 - rho) / (1 - H))).mean(dim=0).sum()
