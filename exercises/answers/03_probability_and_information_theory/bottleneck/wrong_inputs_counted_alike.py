"""p(x) left out."""
# fails: one_step, objective_never_rises, large_beta, small_beta


def ib_step(p_x, channel, encoder, beta):
    p_xt = encoder / len(p_x)
    p_t = p_xt.sum(dim=0)
    p_y = torch.where(p_t[:, None] > 0, p_xt.T @ channel / p_t[:, None], 0.0)
    within = torch.xlogy(channel, channel).sum(dim=1, keepdim=True)
    across = torch.xlogy(channel[:, None], p_y).sum(dim=2)
    return torch.softmax(p_t.log() - beta * (within - across), dim=1)
