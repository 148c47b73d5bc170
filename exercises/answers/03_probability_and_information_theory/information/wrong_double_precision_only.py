"""Everything returned in float64."""
# fails: dtype_and_inputs_kept


def kl_divergence(p, q, base=2):
    p, q = p.double(), q.double()
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum() / math.log(base)
