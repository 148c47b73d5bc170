"""Precision from the rates alone."""
# fails: precision_of_a_population


def precision_at(tpr, fpr, prevalence):
    return tpr / (tpr + fpr) if tpr + fpr else 0.0
