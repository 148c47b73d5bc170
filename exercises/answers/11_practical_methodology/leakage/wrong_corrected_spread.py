"""The deviation with 1/(n - 1)."""
# fails: two_columns_by_hand, scaled_by_train_alone


def standardize(train, other):
    spread = train.std(0)
    spread = torch.where(spread > 0, spread, 1.0)
    return (train - train.mean(0)) / spread, (other - train.mean(0)) / spread
