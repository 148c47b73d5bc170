"""The divergence of torch instead of one's own."""
# fails: all


def kl_sparsity(H, rho):
    mean = H.mean(dim=0)
    target = torch.full_like(mean, rho)
    both = torch.stack([mean, 1 - mean]).log(), torch.stack([target, 1 - target])
    return torch.nn.KLDivLoss(reduction="sum")(*both)
