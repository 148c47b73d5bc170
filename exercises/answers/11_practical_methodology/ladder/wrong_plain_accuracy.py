"""The accuracy for the balanced one."""
# fails: majority_by_hand, recalls_of_all_classes, same_scaling_for_all


def balanced_accuracy(y, guess):
    return (y == guess).double().mean().item()
