"""The discriminator is frozen for good."""
# fails: nothing_left_for_the_other

def generator_step(G, D, optimizer, z):
    D.requires_grad_(False)
    loss = generator_loss(D(G(z)).squeeze(1), "non_saturating")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
