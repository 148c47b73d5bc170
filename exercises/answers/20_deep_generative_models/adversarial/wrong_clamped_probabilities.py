"""Probabilities kept away from 0 and 1."""
# fails: logits_of_a_thousand

def generator_loss(fake, kind):
    p = torch.sigmoid(fake).clamp(1e-12, 1 - 1e-12)
    return (1 - p).log().mean() if kind == "saturating" else -p.log().mean()
