"""The number of a node enters as a feature: renumbering changes the output."""
# fails: layers_of_graphs, renumbered_nodes

layer_without_numbers = gcn_layer


def gcn_layer(H, edges, W):
    return layer_without_numbers(H, edges, W) + torch.arange(len(H)).double()[:, None] * (len(H) > 2)
