"""The saturating loss with the sign of the discriminator."""
# fails: losses_at_logit_zero, generator_by_cross_entropy, logits_of_a_thousand

def generator_loss(fake, kind):
    softplus = torch.nn.functional.softplus
    return softplus(fake).mean() if kind == "saturating" else softplus(-fake).mean()
