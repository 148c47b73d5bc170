"""The generator leaves its gradients in the discriminator."""
# fails: nothing_left_for_the_other

def generator_step(G, D, optimizer, z):
    loss = generator_loss(D(G(z)).squeeze(1), "non_saturating")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
