"""The generator learns from the saturating loss."""
# fails: generator_twice

def generator_step(G, D, optimizer, z):
    loss = generator_loss(D(G(z)).squeeze(1), "saturating")
    parameters = list(G.parameters())
    for p, slope in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = slope
    optimizer.step()
    return loss.item()
