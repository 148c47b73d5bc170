"""KL(p(y | t) || p(y | x))."""
# fails: step_by_hand, one_step, large_beta, unused_values_and_zeros


def ib_step(p_x, channel, encoder, beta):
    p_xt = p_x[:, None] * encoder
    p_t = p_xt.sum(dim=0)
    p_y = torch.where(p_t[:, None] > 0, p_xt.T @ channel / p_t[:, None], 0.0)
    divergence = (torch.xlogy(p_y, p_y) - torch.xlogy(p_y, channel[:, None])).sum(dim=2)
    return torch.softmax(p_t.log() - beta * divergence, dim=1)
