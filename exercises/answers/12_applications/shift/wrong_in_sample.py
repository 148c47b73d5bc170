"""Scored by a classifier that was trained on all rows."""
# fails: held_out_rows, area_of_held_out_scores


def domain_auc(a, b, fold, fit):
    X, y = torch.cat([a, b]), torch.arange(len(a) + len(b)) >= len(a)
    scores = fit(X, y.long())(X)
    difference = scores[y] - scores[~y][:, None]
    return (0.5 + 0.5 * difference.sign()).mean().item()
