"""The correction with the other sign."""
# fails: sampled_words, true_words_among_the_samples

def sampled_softmax_loss(positive, negative, log_q_positive, log_q_negative, hits):
    true = positive + log_q_positive
    logits = torch.cat([true[:, None], (negative + log_q_negative).masked_fill(hits, -math.inf)], dim=1)
    return (logits.logsumexp(dim=1) - true).mean()
