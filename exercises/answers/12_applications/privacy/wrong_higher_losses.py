"""Members are expected to have the higher loss."""
# fails: attack_by_hand, attack_by_pairs


def attack_auc(members, others):
    difference = members[:, None] - others
    return (0.5 + 0.5 * difference.sign()).mean().item()
