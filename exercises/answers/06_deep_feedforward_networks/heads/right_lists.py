"""Lists instead of tuples."""

heads = {"tags": ["sigmoid", "bce"], "animal": ["softmax", "ce"], "spam": ["sigmoid", "bce"], "price": ["linear", "mse"]}
