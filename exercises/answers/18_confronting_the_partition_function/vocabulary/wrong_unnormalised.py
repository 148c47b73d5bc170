"""Z is thought to be 1 already."""
# fails: four_equal_words, penalties_on_the_normaliser

def self_normalized_loss(scores, target, alpha):
    log_Z = torch.logsumexp(scores, dim=1)
    return (alpha * log_Z**2 - scores[torch.arange(len(target)), target]).mean()
