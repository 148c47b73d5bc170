"""relu before the neighbours are mixed."""
# fails: layers_of_graphs


def gcn_layer(H, edges, W):
    return normalized_adjacency(edges, len(H)) @ torch.relu(H @ W)
