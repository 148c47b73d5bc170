"""The mean of the precisions."""
# fails: majority_by_hand, recalls_of_all_classes, same_scaling_for_all


def balanced_accuracy(y, guess):
    return sum((y[guess == c] == c).double().mean().nan_to_num(0).item() for c in y.unique()) / len(y.unique())
