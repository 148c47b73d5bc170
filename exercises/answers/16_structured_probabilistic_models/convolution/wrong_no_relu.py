"""The linear part alone."""
# fails: layer_of_a_pair, layers_of_graphs


def gcn_layer(H, edges, W):
    return normalized_adjacency(edges, len(H)) @ H @ W
