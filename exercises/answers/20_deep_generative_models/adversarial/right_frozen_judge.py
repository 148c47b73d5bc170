"""The discriminator is frozen while the generator learns."""

def generator_loss(fake, kind):
    log_sigmoid = torch.nn.functional.logsigmoid
    if kind == "saturating":
        return log_sigmoid(-fake).mean()
    return -log_sigmoid(fake).mean()


def generator_step(G, D, optimizer, z):
    for p in D.parameters():
        p.requires_grad_(False)
    optimizer.zero_grad(set_to_none=False)
    loss = generator_loss(D(G(z)), "non_saturating")
    loss.backward()
    optimizer.step()
    for p in D.parameters():
        p.requires_grad_(True)
    return loss.item()
