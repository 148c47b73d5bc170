"""Sums over the rows."""
# fails: losses_at_score_zero, words_against_noise, penalties_on_the_normaliser

def negative_sampling_loss(positive, negative):
    softplus = torch.nn.functional.softplus
    return softplus(-positive).sum() + softplus(negative).sum()


def self_normalized_loss(scores, target, alpha):
    log_Z = torch.logsumexp(scores, dim=1)
    return (log_Z - scores[torch.arange(len(target)), target] + alpha * log_Z**2).sum()
