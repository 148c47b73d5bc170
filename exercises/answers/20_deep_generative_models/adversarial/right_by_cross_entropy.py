"""Losses by torch, gradients cleared afterwards, old ones before."""

def discriminator_loss(real, fake):
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))


def generator_loss(fake, kind):
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    return {"saturating": -bce(fake, torch.zeros_like(fake)), "non_saturating": bce(fake, torch.ones_like(fake))}[kind]


def discriminator_step(G, D, optimizer, real, z):
    optimizer.zero_grad()
    with torch.no_grad():
        fake = G(z)
    loss = discriminator_loss(D(real)[:, 0], D(fake)[:, 0])
    loss.backward()
    optimizer.step()
    return float(loss)


def generator_step(G, D, optimizer, z):
    optimizer.zero_grad()
    loss = generator_loss(D(G(z))[:, 0], "non_saturating")
    loss.backward()
    optimizer.step()
    D.zero_grad()
    return float(loss)
