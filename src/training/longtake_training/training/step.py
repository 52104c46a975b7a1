"""One training step, run as plain code, as a CUDA graph, compiled, or both; all give the same result.

A step is `loss(inputs) -> (scalar loss, metrics)`, then backward, clipping and the optimisers. On a GPU the launches of a small
network cost more than its arithmetic, so the whole step is captured once and replayed. Capturing or compiling can fail for
reasons outside this code; then the plain step remains, and `mode` tells which one runs.
"""
import contextlib
import time
from typing import Callable, Dict, List, Optional, Tuple

import torch
import torch.nn as nn

from .distributed import average_gradients
from .optim import Optimiser

Inputs = Dict[str, torch.Tensor]
MODES = ("eager", "graph", "compile", "compile+graph")


def half_precision(device: torch.device):
    """bf16 autocast on a GPU, nothing elsewhere. Weight casts are not cached: a captured graph must redo them."""
    if device.type == "cuda":
        return torch.autocast("cuda", dtype=torch.bfloat16, cache_enabled=False)
    return contextlib.nullcontext()


class TrainingStep:
    """`example` fixes the shapes; every later call must bring tensors of the same shapes and types."""

    def __init__(self, loss: Callable[[Inputs], Tuple[torch.Tensor, torch.Tensor]], optimiser: Optimiser, example: Inputs,
                 mode: str = "eager", clip: float = 1.0):
        if mode not in MODES:
            raise ValueError(f"unknown mode '{mode}': one of {MODES}")
        self.optimiser = optimiser
        self.clip = clip
        self.mode = mode
        self.device = optimiser.parameters[0].device
        self.loss = torch.compile(loss, dynamic=False) if mode.startswith("compile") else loss
        self.inputs = {name: tensor.clone() for name, tensor in example.items()}
        self.metrics = torch.zeros(1, device=self.device)
        self.graph: Optional["torch.cuda.CUDAGraph"] = None
        if mode.endswith("graph"):
            self._capture()

    def _once(self):
        for parameter in self.optimiser.parameters:
            parameter.grad = None
        with half_precision(self.device):
            loss, metrics = self.loss(self.inputs)
        loss.backward()
        average_gradients(self.optimiser.parameters)
        norm = torch.nn.utils.clip_grad_norm_(self.optimiser.parameters, self.clip)
        self.optimiser.step()
        self.metrics = torch.cat([loss.detach().float().reshape(1), metrics.detach().float().reshape(-1), norm.reshape(1).float()])

    def _capture(self):
        """Warm-up and capture run real steps, so weights and optimiser are saved before and put back afterwards."""
        saved = [p.detach().clone() for p in self.optimiser.parameters]
        state = [t.clone() for t in self.optimiser.state()]
        try:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(3):
                    self._once()
            torch.cuda.current_stream().wait_stream(side)
            torch.cuda.synchronize()
            for parameter in self.optimiser.parameters:
                parameter.grad = None
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self._once()
            self.graph = graph
            torch.cuda.synchronize()
        finally:
            with torch.no_grad():
                for parameter, old in zip(self.optimiser.parameters, saved):
                    parameter.copy_(old)
            self.optimiser.restore(state)

    def __call__(self, inputs: Inputs):
        for name, tensor in inputs.items():
            self.inputs[name].copy_(tensor)
        if self.graph is not None:
            self.graph.replay()
        else:
            self._once()


def first_working(build: Callable[[str], TrainingStep], modes: List[str], say: Callable[[str], None]) -> TrainingStep:
    """The step in the first of `modes` that can be built. The last one must be `eager`, which always can."""
    for mode in modes:
        began = time.time()
        try:
            step = build(mode)
            say(f"training step runs as {mode}, ready in {time.time() - began:.1f} s")
            return step
        except Exception as failure:  # any backend may fail in its own way; the plain step stays
            if mode == "eager":
                raise
            say(f"training step as {mode} failed: {type(failure).__name__}: {str(failure)[:300]}")
    raise ValueError("no mode given")


def steps_per_second(step: TrainingStep, inputs: Inputs, seconds: float = 3.0) -> float:
    """Replays `step` for about `seconds` on the same inputs. It trains, so use it on a throw-away network."""
    synchronise = torch.cuda.synchronize if step.device.type == "cuda" else (lambda: None)
    step(inputs)
    synchronise()
    began, count = time.time(), 0
    while time.time() - began < seconds:
        for _ in range(5):
            step(inputs)
        synchronise()
        count += 5
    return count / (time.time() - began)
