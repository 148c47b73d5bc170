"""The noise is subtracted, but the rest not scaled."""
# fails: nine_conversions, the_first_step

def convert(value, x_t, t, betas, given, wanted):
    left = alpha_bar(betas)[t - 1].reshape(-1, *[1] * (x_t.ndim - 1))
    cos, sin = left.sqrt(), (1 - left).sqrt()
    if given == "v":
        eps, x_0 = sin * x_t + cos * value, cos * x_t - sin * value
    elif given == "eps":
        eps, x_0 = value, x_t - sin * value
    else:
        eps, x_0 = (x_t - cos * value) / sin, value
    return {"eps": eps, "x0": x_0, "v": cos * eps - sin * x_0}[wanted]
