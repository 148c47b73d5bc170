"""What exceeds the floor: another constant, the same gradient."""
# fails: floor_and_schedule_by_hand, floors_of_each_unit


def free_bits(kl, floor):
    return torch.relu(kl.mean(dim=0) - floor).sum()
