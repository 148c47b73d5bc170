"""Undone in the order in which it was done."""
# fails: back_to_the_code, densities_of_samples, layers_undone

def coupling_inverse(x, theta, swap):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    stay, move = (second, first) if swap else (first, second)
    s, t = conditioner(stay, theta)
    move = move * (-s).exp() - t
    return torch.cat((move, stay) if swap else (stay, move), dim=1), -s.sum(dim=1)
