"""All weights are 0 for a large beta."""
# fails: large_beta


def ib_step(p_x, channel, encoder, beta):
    p_xt = p_x[:, None] * encoder
    p_t = p_xt.sum(dim=0)
    p_y = torch.where(p_t[:, None] > 0, p_xt.T @ channel / p_t[:, None], 0.0)
    within = torch.xlogy(channel, channel).sum(dim=1, keepdim=True)
    across = torch.xlogy(channel[:, None], p_y).sum(dim=2)
    weights = p_t * torch.exp(-beta * (within - across))
    return weights / weights.sum(dim=1, keepdim=True)
