"""The weights as they are."""
# fails: step_by_hand, one_step, objective_never_rises, large_beta, unused_values_and_zeros


def ib_step(p_x, channel, encoder, beta):
    p_xt = p_x[:, None] * encoder
    p_t = p_xt.sum(dim=0)
    p_y = torch.where(p_t[:, None] > 0, p_xt.T @ channel / p_t[:, None], 0.0)
    within = torch.xlogy(channel, channel).sum(dim=1, keepdim=True)
    across = torch.xlogy(channel[:, None], p_y).sum(dim=2)
    return p_t * torch.exp(-beta * (within - across))
