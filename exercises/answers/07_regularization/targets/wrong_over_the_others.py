"""epsilon spread over the other classes only."""
# fails: three_classes_by_hand, smoothed_rows, loss_of_smoothed_labels


def smooth_labels(y, K, eps):
    hot = torch.eye(K)[y]
    return (1 - eps) * hot + eps / (K - 1) * (1 - hot)
