"""The softmax runs over the queries."""
# fails: attention_of_three_examples, attention_of_torch


def matching_predict(support, support_labels, query, temperature):
    cosines = nn.functional.normalize(query) @ nn.functional.normalize(support).T
    weights = (cosines / temperature).softmax(dim=0)
    return weights @ nn.functional.one_hot(support_labels).to(weights.dtype)
