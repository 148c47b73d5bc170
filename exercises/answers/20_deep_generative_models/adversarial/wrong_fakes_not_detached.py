"""The gradient of the discriminator goes on into the generator."""
# fails: nothing_left_for_the_other

def discriminator_step(G, D, optimizer, real, z):
    loss = discriminator_loss(D(real).squeeze(1), D(G(z)).squeeze(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
