"""The words a model was taught, for a farm that warns of prompts beyond them."""
from typing import Iterable, List

from ..world.captions import normalised

CAPTIONS = 100_000
"""Enough that a word which stands in one caption of ten thousand is missed once in e^10 bundles."""


def caption_words(captions: Iterable[str]) -> List[str]:
    """All words of some captions, lower case, sorted."""
    return sorted({word for caption in captions for word in normalised(caption).split()})


def world_words(world, seed: int = 41) -> List[str]:
    """The words of a world's training captions, in all its languages."""
    return caption_words(caption for part in range(10) for caption in world.scenes(CAPTIONS // 10, seed + part).captions)
