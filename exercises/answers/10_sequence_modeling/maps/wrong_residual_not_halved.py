"""The residual is added, and rows sum to 2."""
# fails: rollout_of_one_layer, rollout_of_several_layers, rollout_without_attention


def rollout(maps):
    eye = torch.eye(maps.shape[-1], dtype=maps.dtype)
    R = eye
    for A in maps.mean(dim=1):
        R = (A + eye) @ R
    return R
