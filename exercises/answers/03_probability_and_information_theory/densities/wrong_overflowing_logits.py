"""Exponentials of the logits as they come."""
# fails: logits_far_out, rows_far_apart


def categorical_log_prob(logits, y):
    return logits[torch.arange(len(y)), y] - logits.exp().sum(dim=1).log()
