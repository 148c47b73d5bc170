"""The moved part of x is overwritten."""
# fails: layers_undone, densities_of_samples

def coupling_inverse(x, theta, swap):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    stay, move = (second, first) if swap else (first, second)
    s, t = conditioner(stay, theta)
    move = move.sub_(t).mul_((-s).exp())
    return torch.cat((move, stay) if swap else (stay, move), dim=1), -s.sum(dim=1)
