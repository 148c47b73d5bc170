"""Samples that are the true word count."""
# fails: true_words_among_the_samples

def sampled_softmax_loss(positive, negative, log_q_positive, log_q_negative, hits):
    true = positive - log_q_positive
    return (torch.cat([true[:, None], negative - log_q_negative], dim=1).logsumexp(dim=1) - true).mean()
