"""Joint probabilities, normalised at the end only."""
# fails: long_ride

def grid_filter(doors, seen, moves, hit):
    joint, beliefs = torch.full((len(doors),), 1 / len(doors), dtype=moves.dtype), []
    for reading in seen:
        joint = sum(p * torch.roll(joint, k) for k, p in enumerate(moves)) * torch.where(doors == reading, hit, 1 - hit)
        beliefs.append(joint / joint.sum())
    return torch.stack(beliefs), joint.sum().log()
