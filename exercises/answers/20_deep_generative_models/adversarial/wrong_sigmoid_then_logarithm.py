"""Logarithms of rounded probabilities."""
# fails: logits_of_a_thousand

def discriminator_loss(real, fake):
    return -torch.sigmoid(real).log().mean() - (1 - torch.sigmoid(fake)).log().mean()
