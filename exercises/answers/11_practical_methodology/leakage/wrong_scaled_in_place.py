"""The training set itself is scaled."""
# fails: scaled_by_train_alone

plain = standardize


def standardize(train, other):
    scaled = plain(train, other)
    train.copy_(scaled[0])
    return train, scaled[1]
