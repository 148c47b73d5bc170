"""The uniform part added without taking anything from the right class."""
# fails: three_classes_by_hand, smoothed_rows, rows_that_sum_to_one, loss_of_smoothed_labels


def smooth_labels(y, K, eps):
    return torch.eye(K)[y] + eps / K
