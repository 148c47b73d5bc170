"""0 log 0 is nan."""
# fails: copy_and_constant, unused_values_and_zeros


def ib_objective(p_x, channel, encoder, beta):
    def information(joint):
        return (joint * (joint / torch.outer(joint.sum(dim=1), joint.sum(dim=0))).log()).sum()

    p_xt = p_x[:, None] * encoder
    return information(p_xt) - beta * information(p_xt.T @ channel)
