"""The constant of one dimension."""
# fails: densities_of_samples, mass_of_one

def flow_log_prob(x, layers):
    total = torch.zeros_like(x[:, 0])
    for number in reversed(range(len(layers))):
        x, log_det = coupling_inverse(x, layers[number], number % 2 == 1)
        total = total + log_det
    return total - (x**2).sum(dim=1) / 2 - math.log(2 * math.pi) / 2
