"""The temperature at which the mean confidence is the accuracy."""
# fails: temperature_is_optimal


def fit_temperature(Z, y):
    accuracy = (Z.argmax(1) == y).double().mean()
    low, high = math.log(0.01), math.log(100)
    for _ in range(60):
        middle = (low + high) / 2
        if (Z / math.exp(middle)).softmax(1).amax(1).mean() > accuracy:
            low = middle
        else:
            high = middle
    return math.exp(low)
