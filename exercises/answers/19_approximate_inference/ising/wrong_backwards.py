"""From the last spin to the first."""
# fails: two_spins_by_hand, sweeps_in_order, where_two_spins_settle

def mean_field(J, h, m, sweeps):
    m = m.clone()
    for _ in range(sweeps):
        for i in reversed(range(len(m))):
            m[i] = torch.tanh(h[i] + J[i] @ m)
    return m
