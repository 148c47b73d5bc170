"""The way back reports the log-determinant of the way there."""
# fails: back_to_the_code, densities_of_samples, determinants_by_differences, mass_of_one

def coupling_inverse(x, theta, swap):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    stay, move = (second, first) if swap else (first, second)
    s, t = conditioner(stay, theta)
    move = (move - t) * (-s).exp()
    return torch.cat((move, stay) if swap else (stay, move), dim=1), s.sum(dim=1)
