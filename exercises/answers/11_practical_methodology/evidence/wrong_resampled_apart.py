"""Each model gets examples of its own."""
# fails: bootstrap_of_pairs


def paired_bootstrap(a, b, repeats, generator, confidence=0.95):
    draw = lambda x: x[torch.randint(len(x), (repeats, len(x)), generator=generator)].mean(1)
    means, tail = draw(a) - draw(b), (1 - confidence) / 2
    return means.quantile(tail).item(), means.quantile(1 - tail).item()
