"""Every value of T counts alike."""
# fails: one_step, small_beta, unused_values_and_zeros


def ib_step(p_x, channel, encoder, beta):
    p_xt = p_x[:, None] * encoder
    p_y = p_xt.T @ channel / p_xt.sum(dim=0)[:, None]
    within = torch.xlogy(channel, channel).sum(dim=1, keepdim=True)
    across = torch.xlogy(channel[:, None], p_y).sum(dim=2)
    return torch.softmax(-beta * (within - across), dim=1)
