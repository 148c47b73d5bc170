"""The sigmoid as exp(z) / (1 + exp(z)), which is inf / inf for large z."""
# fails: finite_far_out


def sigmoid(z):
    return torch.exp(z) / (1 + torch.exp(z))
