"""Hits get the score 0 in place of none."""
# fails: true_words_among_the_samples

def sampled_softmax_loss(positive, negative, log_q_positive, log_q_negative, hits):
    true = positive - log_q_positive
    others = (negative - log_q_negative).masked_fill(hits, 0.0)
    return (torch.cat([true[:, None], others], dim=1).logsumexp(dim=1) - true).mean()
