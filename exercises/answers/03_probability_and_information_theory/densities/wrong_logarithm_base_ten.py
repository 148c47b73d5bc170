"""The decimal logarithm."""
# fails: two_classes, classes_of_a_batch, logits_far_out, rows_far_apart, gradient_of_the_class


def categorical_log_prob(logits, y):
    shifted = logits - logits.max(dim=1, keepdim=True).values
    return (shifted.exp() / shifted.exp().sum(dim=1, keepdim=True)).log10()[torch.arange(len(y)), y]
