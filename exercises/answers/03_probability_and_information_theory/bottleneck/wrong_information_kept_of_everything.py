"""I(X; Y) in the place of I(T; Y)."""
# fails: copy_and_constant, objective, objective_never_rises, unused_values_and_zeros


def ib_objective(p_x, channel, encoder, beta):
    def information(joint):
        product = torch.outer(joint.sum(dim=1), joint.sum(dim=0))
        return (torch.xlogy(joint, joint) - torch.xlogy(joint, product)).sum()

    return information(p_x[:, None] * encoder) - beta * information(p_x[:, None] * channel)
