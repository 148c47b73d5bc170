"""F of the mean precision and the mean recall."""
# fails: averages_of_the_example, averages_of_sklearn


def f_score(C, average, beta=1.0):
    hit, actual, called = C.diagonal().double(), C.sum(1), C.sum(0)
    weights = torch.full((len(C),), 1 / len(C)) if average == "macro" else actual / actual.sum()
    P, R = (hit / called).nan_to_num(0) @ weights.double(), (hit / actual).nan_to_num(0) @ weights.double()
    if average == "micro":
        P = R = hit.sum() / C.sum()
    return ((1 + beta**2) * P * R / (beta**2 * P + R)).item()
