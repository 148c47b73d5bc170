"""The logarithm of a rounded sigmoid."""
# fails: largest_at_the_truth

def pseudo_log_likelihood(s, J, h):
    return torch.sigmoid(2 * s * (s @ J + h)).log().sum(dim=1)
