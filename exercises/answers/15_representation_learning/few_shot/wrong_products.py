"""Products instead of cosines."""
# fails: attention_of_three_examples, attention_of_torch


def matching_predict(support, support_labels, query, temperature):
    weights = (query @ support.T / temperature).softmax(dim=1)
    return weights @ nn.functional.one_hot(support_labels).to(weights.dtype)
