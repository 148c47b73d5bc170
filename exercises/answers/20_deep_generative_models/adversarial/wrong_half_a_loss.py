"""The mean of the two terms."""
# fails: losses_at_logit_zero, discriminator_by_cross_entropy, logits_of_a_thousand, discriminator_twice

def discriminator_loss(real, fake):
    softplus = torch.nn.functional.softplus
    return (softplus(-real).mean() + softplus(fake).mean()) / 2
