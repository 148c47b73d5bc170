"""Everything computed and returned in float64, whatever came in."""
# fails: finite_far_out, dtype_shape_and_input_kept


def gelu(z):
    z = z.double()
    return z * 0.5 * (1 + torch.erf(z / math.sqrt(2)))
