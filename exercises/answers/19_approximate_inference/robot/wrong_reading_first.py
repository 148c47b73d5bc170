"""The reading comes before the move."""
# fails: two_steps_by_hand, beliefs_by_all_paths, long_ride

def grid_filter(doors, seen, moves, hit):
    belief, beliefs, total = torch.full((len(doors),), 1 / len(doors), dtype=moves.dtype), [], 0.0
    for reading in seen:
        joint = belief * torch.where(doors == reading, hit, 1 - hit)
        total = total + joint.sum().log()
        belief = sum(p * torch.roll(joint / joint.sum(), k) for k, p in enumerate(moves))
        beliefs.append(belief)
    return torch.stack(beliefs), total
