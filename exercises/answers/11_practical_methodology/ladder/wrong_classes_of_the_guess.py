"""Classes that are only guessed count with 0."""
# fails: recalls_of_all_classes


def balanced_accuracy(y, guess):
    classes = torch.cat([y, guess]).unique()
    return sum((guess[y == c] == c).double().mean().nan_to_num(0).item() for c in classes) / len(classes)
