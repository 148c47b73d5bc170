"""Division by zero where nothing is called positive."""
# fails: precision_of_a_population


def precision_at(tpr, fpr, prevalence):
    return prevalence * tpr / (prevalence * tpr + (1 - prevalence) * fpr)
