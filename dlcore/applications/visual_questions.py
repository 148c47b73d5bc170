"""Questions about images: one network looks, one reads, and their products decide."""

from jaxtyping import Float, Int
from torch import Tensor, nn


class VQAModel(nn.Module):
    """Answers to short questions about small images.

    A convolutional network makes a vector of the image, the mean of the words' vectors one of the
    question; their elementwise product, which picks features by the question, is classified. The
    order of the words is not seen.

    Args:
        num_words: words of the questions, 0 for padding.
        num_answers: number of answers, K.
        image_size: side of the images in pixels, 4 times the cells along a side.
        in_channels: channels of the images.
        width: channels of the convolutions.
        d_model: length of the vectors.

    Raises:
        ValueError: sizes that are not positive, a side that 4 does not divide; in `forward`,
            images or questions of another shape.

    Section: :ref:`sec-visual-questions`.

    Source: Antol et al. (2015), VQA: visual question answering, arXiv:1505.00468.

    Example:
        >>> import torch
        >>> model = VQAModel(num_words=20, num_answers=5)
        >>> model(torch.rand(2, 3, 24, 24), torch.ones(2, 6, dtype=torch.long)).shape
        torch.Size([2, 5])

    In production: a vision-language model, such as BLIP-2.
    """

    def __init__(
        self,
        num_words: int,
        num_answers: int,
        *,
        image_size: int = 24,
        in_channels: int = 3,
        width: int = 32,
        d_model: int = 128,
    ) -> None:
        super().__init__()
        if min(num_words, num_answers, in_channels, width, d_model) < 1:
            raise ValueError("all sizes must be at least 1")
        if image_size < 4 or image_size % 4:
            raise ValueError(f"4 must divide image_size, got {image_size}")
        self.image_shape = (in_channels, image_size, image_size)
        self.look = nn.Sequential(
            nn.Conv2d(in_channels, width, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(width, width, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(width * (image_size // 4) ** 2, d_model),
            nn.ReLU(),
        )
        self.words = nn.EmbeddingBag(num_words, d_model, mode="mean", padding_idx=0)
        self.ask = nn.Sequential(nn.Linear(d_model, d_model), nn.Tanh())
        self.decide = nn.Sequential(
            nn.Linear(d_model, d_model), nn.ReLU(), nn.Linear(d_model, num_answers)
        )

    def forward(
        self, images: Float[Tensor, "n c h w"], questions: Int[Tensor, "n t"]
    ) -> Float[Tensor, "n k"]:
        """Logits of the answers, shape (n, K)."""
        if images.shape[1:] != self.image_shape or questions.shape[:-1] != images.shape[:1]:
            raise ValueError(
                f"expected images (n, {', '.join(map(str, self.image_shape))}) and questions "
                f"(n, t), got {tuple(images.shape)} and {tuple(questions.shape)}"
            )
        return self.decide(self.look(images) * self.ask(self.words(questions)))
