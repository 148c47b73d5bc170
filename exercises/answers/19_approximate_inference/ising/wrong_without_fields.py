"""The fields are forgotten in the update."""
# fails: two_spins_by_hand, sweeps_in_order, bound_never_falls

def mean_field(J, h, m, sweeps):
    m = m.clone()
    for _ in range(sweeps):
        for i in range(len(m)):
            m[i] = torch.tanh(J[i] @ m)
    return m
