"""The sum runs over the negatives only."""
# fails: losses_with_negatives, gradients_to_queries_only


def info_nce_loss(queries, keys, negatives, temperature):
    queries, keys, negatives = (nn.functional.normalize(t) for t in (queries, keys.detach(), negatives.detach()))
    own = (queries * keys).sum(dim=1) / temperature
    return ((queries @ negatives.T / temperature).logsumexp(dim=1) - own).mean()
