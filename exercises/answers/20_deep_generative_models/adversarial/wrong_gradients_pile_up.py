"""Old gradients are added to."""
# fails: discriminator_twice

def discriminator_step(G, D, optimizer, real, z):
    loss = discriminator_loss(D(real).squeeze(1), D(G(z).detach()).squeeze(1))
    loss.backward()
    optimizer.step()
    return loss.item()
