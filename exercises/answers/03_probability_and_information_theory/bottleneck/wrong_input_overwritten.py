"""The encoder multiplied in place."""
# fails: dtype_and_inputs_kept


def ib_step(p_x, channel, encoder, beta):
    encoder *= p_x[:, None]
    p_t = encoder.sum(dim=0)
    p_y = torch.where(p_t[:, None] > 0, encoder.T @ channel / p_t[:, None], 0.0)
    within = torch.xlogy(channel, channel).sum(dim=1, keepdim=True)
    across = torch.xlogy(channel[:, None], p_y).sum(dim=2)
    return torch.softmax(p_t.log() - beta * (within - across), dim=1)
