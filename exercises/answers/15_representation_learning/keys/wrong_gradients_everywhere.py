"""Gradients flow to keys and to the target."""
# fails: gradients_to_queries_only, distances_on_the_sphere


def info_nce_loss(queries, keys, negatives, temperature):
    queries, keys, negatives = (nn.functional.normalize(t) for t in (queries, keys, negatives))
    logits = torch.cat([(queries * keys).sum(dim=1, keepdim=True), queries @ negatives.T], dim=1) / temperature
    return nn.functional.cross_entropy(logits, torch.zeros(len(queries), dtype=torch.long))


def byol_loss(prediction, target):
    return 2 - 2 * nn.functional.cosine_similarity(prediction, target).mean()
