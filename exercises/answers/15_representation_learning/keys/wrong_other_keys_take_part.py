"""The keys of other queries are negatives, too."""
# fails: losses_with_negatives, gradients_to_queries_only


def info_nce_loss(queries, keys, negatives, temperature):
    queries, keys, negatives = (nn.functional.normalize(t) for t in (queries, keys.detach(), negatives.detach()))
    logits = queries @ torch.cat([keys, negatives]).T / temperature
    return nn.functional.cross_entropy(logits, torch.arange(len(queries)))
