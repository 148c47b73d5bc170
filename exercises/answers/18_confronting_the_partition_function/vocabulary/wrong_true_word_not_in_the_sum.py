"""The sum goes over the samples only."""
# fails: losses_at_score_zero, sampled_words, true_words_among_the_samples

def sampled_softmax_loss(positive, negative, log_q_positive, log_q_negative, hits):
    others = (negative - log_q_negative).masked_fill(hits, -1e30)
    return (others.logsumexp(dim=1) - positive + log_q_positive).mean()
