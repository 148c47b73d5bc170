"""The decoder is not told the class."""
# fails: images_on_request, losses_by_torch

def generate(z, y, C, B, b):
    return decoder(torch.cat([z, torch.zeros(len(z), C, dtype=z.dtype)], dim=1), B, b)
