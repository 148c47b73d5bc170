"""The logarithm of a rounded sigmoid."""
# fails: words_against_noise

def negative_sampling_loss(positive, negative):
    return -(torch.sigmoid(positive).log() + torch.sigmoid(-negative).log().sum(dim=1)).mean()
