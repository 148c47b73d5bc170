"""A sample counts for all centres within the radius."""
# fails: modes_of_a_ring

def mode_coverage(samples, centres, radius):
    near = torch.cdist(samples, centres) <= radius
    return int(near.any(dim=0).sum()), near.any(dim=1).double().mean().item()
