"""Rollout without the residual."""
# fails: rollout_of_one_layer, rollout_of_several_layers, rollout_without_attention


def rollout(maps):
    R = torch.eye(maps.shape[-1], dtype=maps.dtype)
    for A in maps.mean(dim=1):
        R = A @ R
    return R
