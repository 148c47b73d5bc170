"""The log-determinant of the whole batch."""
# fails: constant_coupling, densities_of_samples, determinants_by_differences, samples_with_their_densities

def coupling(z, theta, swap):
    half = z.shape[1] // 2
    first, second = z[:, :half], z[:, half:]
    stay, move = (second, first) if swap else (first, second)
    s, t = conditioner(stay, theta)
    move = move * s.exp() + t
    return torch.cat((move, stay) if swap else (stay, move), dim=1), s.sum().expand(len(z))
