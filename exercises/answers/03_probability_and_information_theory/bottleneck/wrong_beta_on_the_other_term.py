"""beta multiplies the information about X."""
# fails: copy_and_constant, objective, objective_never_rises


def ib_objective(p_x, channel, encoder, beta):
    def information(joint):
        product = torch.outer(joint.sum(dim=1), joint.sum(dim=0))
        return (torch.xlogy(joint, joint) - torch.xlogy(joint, product)).sum()

    p_xt = p_x[:, None] * encoder
    return beta * information(p_xt) - information(p_xt.T @ channel)
