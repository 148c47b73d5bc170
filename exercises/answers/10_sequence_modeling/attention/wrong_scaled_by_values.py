"""The features of the values decide the scale."""
# fails: dot_attention_of_torch


def dot_attention(Q, K, V, mask=None):
    weights = masked_softmax(Q @ K.transpose(1, 2) / math.sqrt(V.shape[2]), mask)
    return weights @ V, weights
