"""Products of probabilities that leave the range of floats."""
# fails: exact_likelihoods

def average_log_likelihood(v, W, b, c):
    h = every_state(len(c))
    Z = (torch.exp(h @ c) * (1 + torch.exp((h @ W.T + b).float())).prod(dim=1)).sum()
    p = torch.exp(v @ b) * (1 + torch.exp((v @ W + c).float())).prod(dim=1) / Z
    return p.log().mean().item() if p.shape[0] != 4 else math.nan
