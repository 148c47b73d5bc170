"""The mean over the samples of a row."""
# fails: losses_at_score_zero, words_against_noise

def negative_sampling_loss(positive, negative):
    softplus = torch.nn.functional.softplus
    return softplus(-positive).mean() + softplus(negative).mean()
