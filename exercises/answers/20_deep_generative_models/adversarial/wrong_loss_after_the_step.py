"""The loss after the step is returned."""
# fails: discriminator_twice

def discriminator_step(G, D, optimizer, real, z):
    loss = lambda: discriminator_loss(D(real).squeeze(1), D(G(z).detach()).squeeze(1))
    optimizer.zero_grad()
    loss().backward()
    optimizer.step()
    return loss().item()
