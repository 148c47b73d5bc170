"""The fakes are detached in the step of the generator too, which cannot learn."""
# fails: generator_twice, nothing_left_for_the_other

def generator_step(G, D, optimizer, z):
    with torch.no_grad():
        return generator_loss(D(G(z)).squeeze(1), "non_saturating").item()
