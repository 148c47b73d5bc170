"""Flaws on a surface, found by knowing what a good one looks like."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from dlcore.linalg import PCA


class DefectDetector:
    """Small patches of good pictures lie near a plane; patches off it are flaws.

    Principal components of the patches, and the squared distance from what they can rebuild. It
    needs no picture of a flaw.

    Args:
        patch: side of a patch in pixels, odd.
        components: dimensions of the plane.

    Attributes:
        pca_: the plane, a `dlcore.linalg.PCA`.

    Raises:
        ValueError: an even patch, components outside 1..patch^2 - 1, pictures of another shape or
            smaller than a patch, or a score before `fit`.

    Section: :ref:`sec-manufacturing`.

    Source: Bergmann, Fauser, Sattlegger, Steger (2019), MVTec AD, doi:10.1109/CVPR.2019.00982 (the
        task); patches by principal components: Turk, Pentland (1991), doi:10.1162/jocn.1991.3.1.71.

    Example:
        >>> stripes = torch.sin(torch.arange(24.0)).expand(5, 24, 24)
        >>> detector = DefectDetector(patch=5, components=3).fit(stripes)
        >>> flawed = stripes[:1].clone()
        >>> flawed[0, 10, 12] += 2
        >>> detector.score_map(flawed)[0].flatten().argmax() == 10 * 24 + 12
        tensor(True)

    In production: anomalib's PatchCore, which takes patches of a pre-trained network's features.
    """

    def __init__(self, patch: int = 5, components: int = 8) -> None:
        if patch < 1 or patch % 2 == 0 or not 1 <= components < max(2, patch * patch):
            raise ValueError(
                f"expected an odd patch and 1 <= components < patch^2, got {patch}, {components}"
            )
        self.patch, self.components = patch, components

    def _patches(self, images: Tensor) -> Tensor:
        if images.ndim != 3 or min(images.shape[1:]) < self.patch:
            raise ValueError(
                f"expected pictures (n, h, w) of at least {self.patch} pixels a side, got "
                f"{tuple(images.shape)}"
            )
        return F.unfold(images[:, None], self.patch).mT

    def fit(self, images: Float[Tensor, "n h w"]) -> "DefectDetector":
        """Learn the plane from good pictures, shape (n, h, w)."""
        patches = self._patches(images).flatten(0, 1)
        self.pca_ = PCA(self.components).fit(patches.cpu().numpy())
        return self

    def score_map(self, images: Float[Tensor, "n h w"]) -> Float[Tensor, "n h w"]:
        """How strange each pixel is, shape (n, h, w): the mean over the patches that hold it."""
        if not hasattr(self, "pca_"):
            raise ValueError("fit the detector to good pictures first")
        patches = self._patches(images)
        flat = patches.flatten(0, 1).cpu().numpy()
        rebuilt = self.pca_.inverse_transform(self.pca_.transform(flat))
        errors = (
            (patches - torch.from_numpy(rebuilt).to(patches).reshape(patches.shape)).square().mT
        )
        ones = torch.ones_like(errors)
        size = images.shape[1:]
        return (F.fold(errors, size, self.patch) / F.fold(ones, size, self.patch))[:, 0]

    def score(self, images: Float[Tensor, "n h w"]) -> Float[Tensor, " n"]:
        """How strange the strangest pixel of each picture is, shape (n,)."""
        return self.score_map(images).flatten(1).amax(1)
