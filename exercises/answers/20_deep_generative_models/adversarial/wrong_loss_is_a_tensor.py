"""The generator's step returns a tensor."""
# fails: generator_twice

def generator_step(G, D, optimizer, z):
    optimizer.zero_grad()
    loss = torch.nn.functional.softplus(-D(G(z))).mean()
    loss.backward()
    optimizer.step()
    D.zero_grad()
    return loss.detach()
