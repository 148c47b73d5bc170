"""The mean squared error of the probabilities in place of the cross-entropy."""
# fails: zero_logits, binary_value, binary_quite_sure, binary_far_out

exact = binary_cross_entropy


def binary_cross_entropy(z, y):
    return ((1 / (1 + torch.exp(-z)) - y) ** 2).mean(), exact(z, y)[1]
