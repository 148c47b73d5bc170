"""The gradients are cleared after the step of the generator, not before it."""
# fails: generator_twice

def generator_step(G, D, optimizer, z):
    loss = torch.nn.functional.softplus(-D(G(z))).mean()
    loss.backward()
    optimizer.step()
    G.zero_grad()
    D.zero_grad()
    return loss.item()
