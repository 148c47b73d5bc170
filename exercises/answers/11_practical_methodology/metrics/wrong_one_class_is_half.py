"""With one class alone the area is called 0.5."""
# fails: one_class_alone

plain = roc_auc


def roc_auc(y, s):
    return plain(y, s) if len(y.unique()) == 2 else 0.5
