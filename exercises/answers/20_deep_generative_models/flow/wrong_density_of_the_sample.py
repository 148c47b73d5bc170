"""The normal density of x, not of z."""
# fails: densities_of_samples, samples_with_their_densities

def flow_sample(z, layers):
    x, log_p = z, -(z**2).sum(dim=1) / 2 - z.shape[1] * math.log(2 * math.pi) / 2
    for number, theta in enumerate(layers):
        x, log_det = coupling(x, theta, number % 2 == 1)
        log_p = log_p - log_det
    return x, log_p + ((z**2).sum(dim=1) - (x**2).sum(dim=1)) / 2
