"""The class stands in front of the code."""
# fails: best_codes_of_a_linear_model, images_on_request, losses_by_torch

def generate(z, y, C, B, b):
    return decoder(torch.cat([torch.nn.functional.one_hot(y, C).to(z.dtype), z], dim=1), B, b)
