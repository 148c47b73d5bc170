"""Good samples are counted, not modes."""
# fails: modes_of_a_ring

def mode_coverage(samples, centres, radius):
    near = torch.cdist(samples, centres).amin(dim=1) <= radius
    return int(near.sum()), near.double().mean().item()
