"""Looks for the fastest way to run a training step, in a second process, while the first one already works.

Compiling takes a minute of processor time and may fail; whatever happens there cannot hurt the run. The compiler's cache on disk
is filled by the way, so the run itself can change over in seconds."""
import dataclasses
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional

import torch

from .config import Config


@dataclass(frozen=True)
class Plan:
    mode: str
    channels_last: bool


TOKENIZER_PLANS = [Plan("graph", True), Plan("compile+graph", True), Plan("compile", True), Plan("graph", False)]
TRANSFORMER_PLANS = [Plan("compile+graph", False), Plan("compile", False), Plan("graph", False)]
GAIN = 1.1
"""A change of plan costs seconds of training, so it must promise at least this much."""


class Probe:
    """Runs `python -m longtake_training probe` beside the caller."""

    def __init__(self, config: Config, stage: str):
        self.path = config.directory / f"probe-{stage}.json"
        config.directory.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        request = config.directory / f"probe-{stage}-request.json"
        request.write_text(json.dumps(dataclasses.asdict(config)), encoding="utf-8")
        root = Path(__file__).resolve().parents[2]
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]))
        self.log = open(config.directory / f"probe-{stage}.log", "w", encoding="utf-8")
        self.process = subprocess.Popen([sys.executable, "-m", "longtake_training", "probe", "--stage", stage, "--request", str(request),
                                         "--result", str(self.path)], stdout=self.log, stderr=subprocess.STDOUT, env=environment)

    def finished(self) -> bool:
        return self.process.poll() is not None

    def results(self) -> List[Dict]:
        """[{mode, channels_last, rates: steps a second per shape}], what could be measured; empty when nothing could."""
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []

    def wait(self, seconds: float) -> bool:
        try:
            self.process.wait(max(0.0, seconds))
            return True
        except subprocess.TimeoutExpired:
            return False

    def better_than(self, plan: Plan, shape: int) -> Optional[Plan]:
        return choose(self.results(), plan, shape)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()


def choose(results: List[Dict], plan: Optional[Plan], shape: int) -> Optional[Plan]:
    """The fastest plan at `shape`, or None if `plan` is within GAIN of it or nothing was measured."""
    rates = {Plan(r["mode"], r["channels_last"]): r["rates"][shape] for r in results if len(r.get("rates", [])) > shape}
    if not rates:
        return None
    best = max(rates, key=rates.get)
    if plan is not None and (best == plan or rates[best] < GAIN * rates.get(plan, 0.0)):
        return None
    return best


def run_probe(stage: str, tables: Dict, result: Path):
    """Measures every plan and rewrites `result` after each, so that a killed probe leaves what it knew."""
    from .step import steps_per_second

    found: List[Dict] = []
    plans, builders = _work(stage, tables)
    for plan in plans:
        entry = {"mode": plan.mode, "channels_last": plan.channels_last, "rates": []}
        found.append(entry)
        try:
            for build in builders:
                began = time.monotonic()
                step, inputs = build(plan)
                ready = time.monotonic() - began
                rate = steps_per_second(step, inputs, 2.0)
                entry["rates"].append(round(rate, 3))
                print(plan, "ready in", round(ready, 1), "s,", round(rate, 2), "steps/s", flush=True)
                del step, inputs
                _write(found, result)
                if torch.cuda.is_available():
                    torch.cuda.empty_cache()
        except Exception as failure:  # a plan that cannot run is simply not offered
            print(plan, "failed:", type(failure).__name__, str(failure)[:500], flush=True)
    _write(found, result)


def _write(found: List[Dict], result: Path):
    partial = Path(str(result) + ".partial")
    partial.write_text(json.dumps(found), encoding="utf-8")
    os.replace(partial, result)


def _work(stage: str, tables: Dict):
    from .config import Phase, TokenizerTraining, TransformerTraining
    from ..networks.cvivit import CViViT, CViViTConfig
    from ..networks.transformer import MaskedTransformer, TransformerConfig
    from .optim import Optimiser
    from . import tokenizer as tokenizer_stage
    from . import transformer as transformer_stage

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    builders = []
    if stage == "tokenizer":
        training = TokenizerTraining(**{**tables["tokenizer_training"],
                                        "phases": [Phase(**p) for p in tables["tokenizer_training"]["phases"]]})
        for phase in training.phases:
            def build(plan: Plan, phase=phase):
                model = CViViT(CViViTConfig(**tables["tokenizer"])).to(device)
                if plan.channels_last:
                    model = model.to(memory_format=torch.channels_last)
                step = tokenizer_stage.build_step(model, Optimiser(model, training.rate, tables=tokenizer_stage.TABLES), phase,
                                                  training.consistency_clips, plan.mode)
                return step, {k: v.clone() for k, v in step.inputs.items()}
            builders.append(build)
        return TOKENIZER_PLANS, builders
    training = TransformerTraining(**tables["transformer_training"])
    for image in ([False, True] if training.image_ratio > 0 else [False]):
        def build(plan: Plan, image=image):
            model = MaskedTransformer(TransformerConfig(**tables["transformer"])).to(device)
            optimiser = Optimiser(model, training.rate, tables=transformer_stage.TABLES)
            step = transformer_stage.build_step(model, optimiser, training, image, plan.mode)
            return step, {k: v.clone() for k, v in step.inputs.items()}
        builders.append(build)
    return TRANSFORMER_PLANS, builders
