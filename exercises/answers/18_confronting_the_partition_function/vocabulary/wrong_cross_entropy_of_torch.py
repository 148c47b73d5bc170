"""torch's cross-entropy."""
# fails: all

def self_normalized_loss(scores, target, alpha):
    return torch.nn.functional.cross_entropy(scores, target) + alpha * (scores.logsumexp(dim=1) ** 2).mean()
