"""The median of the losses as the threshold."""
# fails: attack_by_hand, advantage_of_the_best_threshold


def attack_advantage(members, others):
    t = torch.cat([members, others]).median()
    return abs((members <= t).double().mean() - (others <= t).double().mean()).item()
