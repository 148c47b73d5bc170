"""The features given are overwritten."""
# fails: layers_of_graphs

layer_of_a_copy = gcn_layer


def gcn_layer(H, edges, W):
    found = layer_of_a_copy(H, edges, W)
    H.copy_(normalized_adjacency(edges, len(H)) @ H)
    return found
