"""The means that were given are overwritten."""
# fails: sweeps_in_order

def mean_field(J, h, m, sweeps):
    for _ in range(sweeps):
        for i in range(len(m)):
            m[i] = torch.tanh(h[i] + J[i] @ m)
    return m.clone()
