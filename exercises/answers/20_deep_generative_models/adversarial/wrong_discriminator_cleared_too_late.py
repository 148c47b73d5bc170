"""The discriminator's gradients are cleared after the step, not before it."""
# fails: discriminator_twice

def discriminator_step(G, D, optimizer, real, z):
    loss = discriminator_loss(D(real), D(G(z).detach()))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()
