"""On a GPU, with numbers drawn on the CPU, the same comes out as on the CPU."""

from functools import partial

import pytest
import torch

from dlcore import regularization as r

IMAGES = torch.rand(5, 3, 11, 13, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(5)
AREA = {"area": (0.1, 0.5)}


@pytest.mark.gpu
@pytest.mark.parametrize(
    "change",
    [
        r.random_horizontal_flip,
        partial(r.random_affine, degrees=20, shift=2, scale=0.1),
        partial(r.random_crop, size=7, padding=2),
        partial(r.random_resized_crop, size=7),
        partial(r.color_jitter, brightness=0.4, contrast=0.4, saturation=0.4),
        partial(r.add_gaussian_noise, sigma=0.1),
        partial(r.cutout, size=4),
        partial(r.random_erasing, p=0.8, **AREA),
        partial(r.spec_augment, frequency_width=4, time_width=5),
        lambda x, generator: r.mixup(x, LABELS.to(x.device), generator=generator).x,
        lambda x, generator: r.cutmix(x, LABELS.to(x.device), generator=generator).x,
        lambda x, generator: r.gaussian_blur(x, 1.5),
        lambda x, generator: r.time_stretch(x, 1.3, n_fft=8),
        lambda x, generator: r.pitch_shift(x, 2.0, n_fft=8),
        lambda x, generator: r.pgd_attack(lambda z: z.square().sum(), x, 0.1, generator=generator),
    ],
)
def test_as_on_the_cpu(change):
    on_cpu = change(IMAGES, generator=torch.Generator().manual_seed(1))
    on_gpu = change(IMAGES.cuda(), generator=torch.Generator().manual_seed(1))
    assert on_gpu.is_cuda
    torch.testing.assert_close(on_gpu.cpu(), on_cpu, rtol=1e-4, atol=1e-4)


@pytest.mark.gpu
def test_a_generator_on_the_gpu_serves_images_on_the_cpu():
    def crops(images):
        return r.random_resized_crop(images, 7, generator=torch.Generator("cuda").manual_seed(1))

    torch.testing.assert_close(crops(IMAGES), crops(IMAGES.cuda()).cpu(), rtol=1e-4, atol=1e-4)
