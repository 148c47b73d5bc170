"""The temperature is always 1."""
# fails: attention_of_torch

plain = matching_predict


def matching_predict(support, support_labels, query, temperature):
    return plain(support, support_labels, query, 1.0)
