"""Numbers taken out of the graph."""
# fails: gradient_of_the_class


def categorical_log_prob(logits, y):
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_p = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    return torch.stack([row[c].detach() for row, c in zip(log_p, y)])
