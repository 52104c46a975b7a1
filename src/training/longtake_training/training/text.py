"""Frozen text encoders. `MiniLm` runs the very file that the engine runs; `HashedWords` needs no file and serves tests and
smoke runs: equal words get equal states, so a network can learn from them, but nothing is shared between related words."""
import hashlib
import re
import threading
import zipfile
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
import torch

TOKENS = 32
WIDTH = 384


class HashedWords:
    name = "hashed-words"

    def __init__(self, width: int = WIDTH, tokens: int = TOKENS):
        self.width = width
        self.tokens = tokens

    def __call__(self, captions: Sequence[str]) -> Tuple[np.ndarray, np.ndarray]:
        """Returns states f16 [n, tokens, width] and mask bool [n, tokens], true where a word stands."""
        states = np.zeros((len(captions), self.tokens, self.width), np.float16)
        mask = np.zeros((len(captions), self.tokens), bool)
        for row, caption in enumerate(captions):
            for column, word in enumerate(re.findall(r"\w+", caption.lower())[: self.tokens]):
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                states[row, column] = np.random.RandomState(seed).standard_normal(self.width) * 0.3
                mask[row, column] = True
        return states, mask


class MiniLm:
    """all-MiniLM-L6-v2 as int8 ONNX: the last hidden states of the first 32 word pieces, [CLS] and [SEP] among them, neither
    pooled nor normalised. `source` is the langchain4j artifact, the jar itself or a folder with its two files."""

    name = "all-MiniLM-L6-v2"
    MODEL = "all-minilm-l6-v2-q.onnx"
    TOKENIZER = "all-minilm-l6-v2-q-tokenizer.json"

    def __init__(self, source: Path, threads: int = 8, tokens: int = TOKENS):
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(self.file(source, self.MODEL), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_str(self.file(source, self.TOKENIZER).decode("utf-8"))
        self.tokenizer.enable_truncation(tokens)
        self.tokenizer.enable_padding(length=tokens)
        self.inputs = {i.name for i in self.session.get_inputs()}

    @staticmethod
    def file(source: Path, name: str) -> bytes:
        """One of the two files."""
        source = Path(source)
        if source.is_dir():
            return (source / name).read_bytes()
        with zipfile.ZipFile(source) as jar:
            return jar.read(name)

    def __call__(self, captions: Sequence[str]) -> Tuple[np.ndarray, np.ndarray]:
        states, masks = [], []
        for start in range(0, len(captions), 64):
            encoded = self.tokenizer.encode_batch(list(captions[start:start + 64]))
            ids = np.array([e.ids for e in encoded], np.int64)
            mask = np.array([e.attention_mask for e in encoded], np.int64)
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            output = self.session.run(None, {k: v for k, v in feed.items() if k in self.inputs})[0]
            states.append(output.astype(np.float16))
            masks.append(mask.astype(bool))
        return np.concatenate(states), np.concatenate(masks)


def text_encoder(kind: str, source: str = "", threads: int = 8):
    if kind == "minilm":
        return MiniLm(Path(source), threads)
    if kind == "hashed-words":
        return HashedWords()
    raise ValueError(f"unknown text encoder '{kind}': minilm or hashed-words")


class CaptionTable:
    """Every distinct caption once, encoded on other threads while the device renders. `index` may be called while encoding
    runs; `finish` waits and returns the states on `device`."""

    def __init__(self, encoder, workers: int = 1):
        self.encoder = encoder
        self.rows: Dict[str, int] = {}
        self.captions: List[str] = []
        self._done: Dict[int, Tuple[np.ndarray, np.ndarray]] = {}
        self._lock = threading.Lock()
        self._taken = 0
        self._closed = threading.Event()
        self._failure: List[BaseException] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def index(self, captions: Sequence[str]) -> torch.Tensor:
        with self._lock:
            for caption in captions:
                if caption not in self.rows:
                    self.rows[caption] = len(self.captions)
                    self.captions.append(caption)
            return torch.tensor([self.rows[c] for c in captions])

    def _work(self):
        try:
            while True:
                closed = self._closed.is_set()
                with self._lock:
                    start = self._taken
                    batch = self.captions[start:start + 256]
                    self._taken += len(batch)
                if batch:
                    self._done[start] = self.encoder(batch)
                elif closed:
                    return
                else:
                    self._closed.wait(0.02)
        except BaseException as failure:  # handed to the caller of finish: a thread's own trace would be lost
            self._failure.append(failure)

    def finish(self, device, dtype=torch.float16) -> Tuple[torch.Tensor, torch.Tensor]:
        self._closed.set()
        for thread in self._threads:
            thread.join()
        if self._failure:
            raise RuntimeError("a caption could not be encoded") from self._failure[0]
        blocks = [self._done[start] for start in sorted(self._done)]
        states = torch.from_numpy(np.concatenate([b[0] for b in blocks])).to(device).to(dtype)
        return states, torch.from_numpy(np.concatenate([b[1] for b in blocks])).to(device)
