"""Only queries and keys are brought to length 1."""
# fails: losses_with_negatives, gradients_to_queries_only


def info_nce_loss(queries, keys, negatives, temperature):
    queries, keys = nn.functional.normalize(queries), nn.functional.normalize(keys.detach())
    logits = torch.cat([(queries * keys).sum(dim=1, keepdim=True), queries @ negatives.detach().T], dim=1)
    return nn.functional.cross_entropy(logits / temperature, torch.zeros(len(queries), dtype=torch.long))
