"""Equal losses count nothing, and are not called members."""
# fails: attack_by_hand, attack_by_pairs, advantage_of_the_best_threshold


def attack_auc(members, others):
    return (members[:, None] < others).double().mean().item()


def attack_advantage(members, others):
    return max(((members < t).double().mean() - (others < t).double().mean()).item() for t in members)
