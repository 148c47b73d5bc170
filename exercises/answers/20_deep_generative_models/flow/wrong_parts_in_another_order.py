"""The part that moves is always written last."""
# fails: constant_coupling, densities_of_samples, layers_of_any_width

def coupling(z, theta, swap):
    half = z.shape[1] // 2
    first, second = z[:, :half], z[:, half:]
    stay, move = (second, first) if swap else (first, second)
    s, t = conditioner(stay, theta)
    move = move * s.exp() + t
    return torch.cat((stay, move), dim=1), s.sum(dim=1)
