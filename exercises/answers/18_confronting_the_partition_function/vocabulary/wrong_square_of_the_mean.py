"""The square of the mean of ln Z."""
# fails: penalties_on_the_normaliser

def self_normalized_loss(scores, target, alpha):
    log_Z = torch.logsumexp(scores, dim=1)
    return (log_Z - scores[torch.arange(len(target)), target]).mean() + alpha * log_Z.mean() ** 2
