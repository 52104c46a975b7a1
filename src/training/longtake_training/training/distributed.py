"""Several processes, one device each, started by PyTorch's own `torchrun`. Every process draws its own batches; gradients are
averaged, so weights stay equal; the first process alone writes and keeps the clock for all."""
import os
from typing import List

import torch


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def world_size() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def join(device: torch.device) -> torch.device:
    """Joins the other processes, if there are any. Returns this process's device."""
    if world_size() == 1:
        return device
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return device


def average_gradients(parameters: List[torch.nn.Parameter]):
    if world_size() == 1:
        return
    flat = torch.cat([p.grad.reshape(-1).float() for p in parameters])
    torch.distributed.all_reduce(flat)
    flat /= world_size()
    for parameter, mean in zip(parameters, flat.split([p.numel() for p in parameters])):
        parameter.grad.copy_(mean.view_as(parameter.grad))


def agree(value: float, device: torch.device) -> float:
    """The first process's value, for decisions that all must take alike."""
    if world_size() == 1:
        return value
    shared = torch.tensor([value], dtype=torch.float64, device=device)
    torch.distributed.broadcast(shared, 0)
    return float(shared)


def own_seed(seed: int) -> int:
    """A seed of this process's own."""
    return seed + 7919 * rank()


def barrier():
    if world_size() > 1:
        torch.distributed.barrier()
