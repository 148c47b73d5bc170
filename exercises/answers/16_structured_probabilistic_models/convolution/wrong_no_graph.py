"""A dense layer that doesn't look at the graph."""
# fails: layer_of_a_pair, layers_of_graphs


def gcn_layer(H, edges, W):
    return torch.relu(H @ W)
