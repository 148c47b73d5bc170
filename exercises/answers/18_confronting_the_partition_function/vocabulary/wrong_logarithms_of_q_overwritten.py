"""Hits are marked in the tensor of the logarithms of q."""
# fails: true_words_among_the_samples


def sampled_softmax_loss(positive, negative, log_q_positive, log_q_negative, hits):
    true = positive - log_q_positive
    log_q_negative[hits] = math.inf
    return (torch.cat([true[:, None], negative - log_q_negative], dim=1).logsumexp(dim=1) - true).mean()
