"""Signs of the turn exchanged where the velocity is given."""
# fails: nine_conversions

def convert(value, x_t, t, betas, given, wanted):
    left = alpha_bar(betas)[t - 1].reshape(-1, *[1] * (x_t.ndim - 1))
    cos, sin = left.sqrt(), (1 - left).sqrt()
    if given == "v":
        eps, x_0 = cos * value - sin * x_t, cos * x_t + sin * value
    elif given == "eps":
        eps, x_0 = value, (x_t - sin * value) / cos
    else:
        eps, x_0 = (x_t - cos * value) / sin, value
    return {"eps": eps, "x0": x_0, "v": cos * eps - sin * x_0}[wanted]
