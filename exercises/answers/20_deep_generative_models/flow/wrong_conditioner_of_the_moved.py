"""The stretch comes from the part that has moved, which the way back does not know."""
# fails: densities_of_samples, determinants_by_differences, layers_of_any_width, samples_with_their_densities

def coupling(z, theta, swap):
    half = z.shape[1] // 2
    first, second = z[:, :half], z[:, half:]
    stay, move = (second, first) if swap else (first, second)
    if stay.shape == move.shape:
        s, t = conditioner(move, theta)
    else:
        s, t = conditioner(stay, theta)
    move = move * s.exp() + t
    return torch.cat((move, stay) if swap else (stay, move), dim=1), s.sum(dim=1)
