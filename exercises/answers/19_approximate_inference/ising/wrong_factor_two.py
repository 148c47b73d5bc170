"""The field of a draw in the place of that of a mean."""
# fails: two_spins_by_hand, sweeps_in_order, bound_never_falls, where_two_spins_settle

def mean_field(J, h, m, sweeps):
    m = m.clone()
    for _ in range(sweeps):
        for i in range(len(m)):
            m[i] = torch.tanh(2 * (h[i] + J[i] @ m))
    return m
