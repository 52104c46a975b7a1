"""What a run leaves behind: exact checkpoints for resuming, and int8 weights for everything else.

The int8 file quantises exactly the tensors that the exported archives quantise, so a network loaded from it computes what the
bundle will compute. Files appear under their name only when complete."""
import io
import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import torch
import torch.nn as nn

from ..export.quantised import quantise, shaped

PART_BYTES = 15 * 1024 * 1024


def save_atomically(payload: Any, path: Path):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    torch.save(payload, partial)
    os.replace(partial, path)


def load(path: Path, device: str = "cpu") -> Any:
    return torch.load(path, map_location=device)


def _quantised_names(model: nn.Module) -> List[str]:
    return [f"{name}.weight" for name, module in model.named_modules() if isinstance(module, (nn.Linear, nn.Conv2d, nn.Embedding))]


def pack(model: nn.Module, tensors: Optional[List[torch.Tensor]] = None) -> Dict[str, Any]:
    """The state of `model` with int8 weights. `tensors` replace the parameters in order (an average, say)."""
    state = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    if tensors is not None:
        for (name, _), tensor in zip(model.named_parameters(), tensors):
            state[name] = tensor
    small = set(_quantised_names(model))
    packed: Dict[str, Any] = {}
    for name, tensor in state.items():
        tensor = tensor.cpu()
        packed[name] = quantise(tensor) if name in small else tensor
    return packed


def unpack(packed: Dict[str, Any]) -> Dict[str, torch.Tensor]:
    state = {}
    for name, value in packed.items():
        if isinstance(value, (tuple, list)):
            codes, scale = value
            state[name] = codes.float() * shaped(scale, codes.dim())
        else:
            state[name] = value
    return state


def save_weights(packed: Dict[str, Any], about: Dict[str, Any], path: Path):
    """Writes `path`, or `path`.part0.. where it is larger than one part, and removes parts of an older, longer file."""
    buffer = io.BytesIO()
    torch.save({"about": about, "weights": packed}, buffer)
    data = buffer.getvalue()
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    chunks = [data[i:i + PART_BYTES] for i in range(0, len(data), PART_BYTES)]
    names = [path.name] if len(chunks) == 1 else [f"{path.name}.part{i}" for i in range(len(chunks))]
    for name, chunk in zip(names, chunks):
        (path.parent / (name + ".partial")).write_bytes(chunk)
    for name in names:
        os.replace(path.parent / (name + ".partial"), path.parent / name)
    for old in [path] + parts(path):
        if old.exists() and old.name not in names:
            old.unlink()


def parts(path: Path) -> List[Path]:
    path = Path(path)
    found = path.parent.glob(path.name + ".part*") if path.parent.is_dir() else []
    return sorted((p for p in found if p.suffix[5:].isdigit()), key=lambda p: int(p.suffix[5:]))


def weights_exist(path: Path) -> bool:
    return Path(path).exists() or bool(parts(path))


def load_weights(path: Path) -> Tuple[Dict[str, torch.Tensor], Dict[str, Any]]:
    """Returns (state dict in float32, the run's description)."""
    path = Path(path)
    data = path.read_bytes() if path.exists() else b"".join(p.read_bytes() for p in parts(path))
    if not data:
        raise FileNotFoundError(f"no weights at {path} (nor {path.name}.part0)")
    content = torch.load(io.BytesIO(data), map_location="cpu")
    return unpack(content["weights"]), content["about"]
