"""The logarithm of a softmax that has underflowed."""
# fails: cross_entropy_of_distributions


def soft_cross_entropy(logits, targets):
    return -(targets * torch.softmax(logits, dim=1).log()).sum(dim=1).mean()
