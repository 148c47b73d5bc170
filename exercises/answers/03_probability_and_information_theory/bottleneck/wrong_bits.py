"""Bits instead of nats."""
# fails: copy_and_constant, objective, objective_never_rises, dtype_and_inputs_kept


def ib_objective(p_x, channel, encoder, beta):
    def information(joint):
        product = torch.outer(joint.sum(dim=1), joint.sum(dim=0))
        return (torch.xlogy(joint, joint) - torch.xlogy(joint, product)).sum() / math.log(2)

    p_xt = p_x.double()[:, None] * encoder
    return information(p_xt) - beta * information(p_xt.T @ channel.double())
