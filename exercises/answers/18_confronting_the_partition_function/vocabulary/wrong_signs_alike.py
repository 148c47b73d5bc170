"""The noise's scores should rise, too."""
# fails: words_against_noise

def negative_sampling_loss(positive, negative):
    softplus = torch.nn.functional.softplus
    return (softplus(-positive) + softplus(-negative).sum(dim=1)).mean()
