"""Every sample counts for its nearest centre."""
# fails: modes_of_a_ring

def mode_coverage(samples, centres, radius):
    distance, nearest = torch.cdist(samples, centres).min(dim=1)
    return len(nearest.unique()), (distance <= radius).double().mean().item()
