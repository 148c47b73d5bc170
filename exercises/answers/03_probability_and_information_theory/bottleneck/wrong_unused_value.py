"""0 / 0 for a value that is never used."""
# fails: unused_values_and_zeros


def ib_step(p_x, channel, encoder, beta):
    p_xt = p_x[:, None] * encoder
    p_t = p_xt.sum(dim=0)
    p_y = p_xt.T @ channel / p_t[:, None]
    within = torch.xlogy(channel, channel).sum(dim=1, keepdim=True)
    across = torch.xlogy(channel[:, None], p_y).sum(dim=2)
    return torch.softmax(p_t.log() - beta * (within - across), dim=1)
