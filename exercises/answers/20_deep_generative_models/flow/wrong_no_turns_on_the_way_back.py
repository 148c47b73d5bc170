"""All layers are undone without swap."""
# fails: densities_of_samples

def flow_log_prob(x, layers):
    total = torch.zeros_like(x[:, 0])
    for number in reversed(range(len(layers))):
        x, log_det = coupling_inverse(x, layers[number], False)
        total = total + log_det
    return total - (x**2).sum(dim=1) / 2 - x.shape[1] * math.log(2 * math.pi) / 2
