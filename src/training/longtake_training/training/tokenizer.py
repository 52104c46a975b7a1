"""Trains the C-ViViT tokenizer: clips of 5 frames first (twice the clips a second), whole windows last, in a fixed time."""
import time
from typing import Dict, List, Optional

import torch

from ..evaluation.reconstruction import measure_tokenizer
from ..networks.cvivit import CViViT
from . import checkpoint
from .config import Config, Phase
from .data import chunk_seed, device_of, open_world, render_pool
from .distributed import agree, barrier, join, own_seed, rank, world_size
from .losses import tokenizer_loss
from .optim import Average, Optimiser, cosine_share
from .probe import Plan, Probe
from .progress import Clock, Journal, budget_seconds, draw_curves, over
from .step import TrainingStep, first_working

TABLES = ("places", "codebook")
WEIGHTS = "tokenizer.weights"


def phase_at(phases: List[Phase], progress: float) -> int:
    """Index of the phase that `progress` 0..1 falls into."""
    total, passed = sum(phase.share for phase in phases), 0.0
    for index, phase in enumerate(phases):
        passed += phase.share / total
        if progress < passed:
            return index
    return len(phases) - 1


def build_step(model: CViViT, optimiser: Optimiser, phase: Phase, clips: int, mode: str) -> TrainingStep:
    """The training step of one phase. Its inputs: video u8 [batch, frames, 3, H, W], consistency weight f32 []."""
    size, device = model.config.size, optimiser.parameters[0].device

    def loss(inputs):
        return tokenizer_loss(model, inputs["video"].float() / 255, inputs["consistency"], min(clips, phase.batch))

    example = {"video": torch.randint(0, 256, (phase.batch, phase.frames, 3, size, size), dtype=torch.uint8, device=device),
               "consistency": torch.zeros((), device=device)}
    return TrainingStep(loss, optimiser, example, mode)


class TokenizerTrainer:
    """`run` trains until the budget is spent, resuming from the checkpoint in the run's directory when there is one.

    Every draw of step k depends on (seed, k) alone, so with `steps` instead of seconds a resumed run equals an unbroken one."""

    def __init__(self, config: Config, world=None):
        self.config = config
        self.settings = config.tokenizer_training
        self.device = join(device_of(config.run.device))
        self.journal = Journal(config.directory, "tokenizer", config.run.quiet)
        self.world = world if world is not None else open_world(config.run.world)
        self.checkpoint = config.directory / "tokenizer.checkpoint"
        torch.manual_seed(config.run.seed)
        self.model = CViViT(config.tokenizer).to(self.device)
        self.optimiser = Optimiser(self.model, self.settings.rate, tables=TABLES)
        self.average = Average(self.model)
        self.count = 0
        self.spent = 0.0
        self.stop_at = 0.0
        self.resumed = self._resume()

    def _resume(self) -> bool:
        if not self.checkpoint.exists():
            return self._warm_start()
        saved = checkpoint.load(self.checkpoint, str(self.device))
        self.model.load_state_dict(saved["model"])
        self.optimiser.restore(saved["optimiser"])
        for mine, other in zip(self.average.tensors, saved["average"]):
            mine.copy_(other)
        self.count, self.spent = saved["count"], saved["spent"]
        self.journal.write("resumed", step=self.count, spent=round(self.spent, 1))
        return True

    def _warm_start(self) -> bool:
        """A lost machine leaves only the averaged int8 weights of the last call: better than nothing, and marked as such."""
        if not checkpoint.weights_exist(self.config.directory / WEIGHTS):
            return False
        state, about = checkpoint.load_weights(self.config.directory / WEIGHTS)
        self.model.load_state_dict(state)
        self.average = Average(self.model)
        # Steps are counted anew: without the optimiser's state the rate must rise slowly again.
        self.spent = float(about.get("spent", 0.0))
        self.journal.write("warm_start", spent=self.spent)
        return True

    def save(self):
        if rank() > 0:
            return
        checkpoint.save_atomically(
            {"model": self.model.state_dict(), "optimiser": self.optimiser.state(), "average": self.average.tensors,
             "count": self.count, "spent": self.spent}, self.checkpoint)

    def save_weights(self, **about):
        if rank() > 0:
            return
        packed = checkpoint.pack(self.model, self.average.tensors)
        checkpoint.save_weights(packed, {"step": self.count, "spent": round(self.spent, 1), **about}, self.config.output / WEIGHTS)
        self.journal.write("weights", step=self.count)

    def progress(self) -> float:
        if self.settings.steps > 0:
            return self.count / self.settings.steps
        return self.spent / self.settings.seconds

    def _plan(self, plan: Plan):
        if self.device.type == "cuda":
            self.model.to(memory_format=torch.channels_last if plan.channels_last else torch.contiguous_format)

    def run(self, stop_at_step: int = 0, stop_at: float = 0.0) -> Dict:
        """Trains; `stop_at_step`, or the time `stop_at` (seconds since 1970), leaves early with a checkpoint, as an interruption would,
        and leaves the budget as it is. Returns the last measurements, nothing if training is not over."""
        self.stop_at = stop_at
        pool = self._pool()
        held_out, pool = pool[: self.settings.validation], pool[self.settings.validation:]
        cuda = self.device.type == "cuda"
        alone = world_size() == 1
        probe = Probe(self.config, "tokenizer") if cuda and alone and self.settings.probe and self.settings.steps == 0 else None
        plan = Plan(self.settings.modes[0] if cuda and alone else "eager", cuda)
        self._plan(plan)
        self.settings.seconds = budget_seconds(self.settings.seconds, self.spent, self.settings.until, self.settings.later)
        clock = Clock(self.settings.seconds, self.spent)
        try:
            self._train(pool, clock, plan, probe, stop_at_step)
        finally:
            if probe is not None:
                probe.close()
            self.spent = clock.spent()
            self.save()
            self.save_weights(complete=self.progress() >= 1)
        barrier()
        return self._finish(held_out) if self.progress() >= 1 else {}

    def _pool(self) -> torch.Tensor:
        began = time.monotonic()
        pool = render_pool(self.world, self.settings.pool + self.settings.validation, own_seed(self.config.run.seed), self.device,
                           self.settings.render_batch, self.settings.pool_seconds)
        if pool.shape[0] <= self.settings.validation:
            raise ValueError(f"only {pool.shape[0]} windows were rendered, all of them needed for validation")
        taken = time.monotonic() - began
        self.journal.write("pool", windows=pool.shape[0], seconds=round(taken, 1), per_second=round(pool.shape[0] / taken))
        return pool

    def _train(self, pool, clock: Clock, plan: Plan, probe: Optional[Probe], stop_at_step: int):
        settings, cuda = self.settings, self.device.type == "cuda"
        generator = torch.Generator(device=self.device)
        step, phase_index, halfway, said, report_at = None, -1, self.progress() >= 0.5, clock.spent(), self.count
        consistency = torch.zeros((), device=self.device)
        while self.progress() < 1 and not (stop_at_step and self.count >= stop_at_step):
            if self.count % 20 == 0:
                if cuda:
                    torch.cuda.synchronize()
                self.spent = agree(clock.spent(), self.device)
                if over(agree(time.time(), self.device), settings.until, self.stop_at):
                    break
                if probe is not None and probe.finished():
                    better = probe.better_than(plan, phase_at(settings.phases, self.progress()))
                    self.journal.write("probe", results=probe.results(), chosen=str(better))
                    probe = None
                    if better is not None:
                        plan, phase_index = better, -1
                        self._plan(plan)
            progress = self.progress()
            index = phase_at(settings.phases, progress)
            if index != phase_index:
                phase_index, phase, step = index, settings.phases[index], None
                modes = ["eager"] if not cuda or world_size() > 1 else [plan.mode] + [m for m in settings.modes if m != plan.mode]
                self.optimiser.set_rate(0.0)
                step = first_working(
                    lambda mode: build_step(self.model, self.optimiser, phase, settings.consistency_clips, mode), modes, self.journal.say)
                said, report_at = clock.spent(), self.count
            self.optimiser.set_rate(cosine_share(progress, hold=settings.hold) * min(1.0, (self.count + 1) / settings.warmup))
            consistency.fill_(settings.consistency * max(0.0, min(1.0, (progress - 0.05) / 0.25)))
            generator.manual_seed(chunk_seed(own_seed(self.config.run.seed), self.count))
            rows = torch.randint(0, pool.shape[0], (phase.batch,), device=self.device, generator=generator)
            first = chunk_seed(7, self.count) % (pool.shape[1] - phase.frames + 1)
            step({"video": pool[rows, first:first + phase.frames], "consistency": consistency})
            self.count += 1
            if self.count % 4 == 0:
                self.average.update(0.2 if self.count < 800 else 0.04)
            if not halfway and progress >= 0.5:
                halfway = True
                self.spent = clock.spent()
                self.save_weights(complete=False)
                self.save()
            now = clock.spent()
            if now - said > 10 or (settings.steps and self.count % 50 == 0):
                loss, quality, disagreement, norm = step.metrics.tolist()
                self.journal.write("train", step=self.count, frames=phase.frames, loss=loss, psnr=quality, disagreement=disagreement,
                                   norm=norm, rate=float(self.optimiser.muon_rate), progress=round(progress, 4), spent=round(now, 1),
                                   steps_per_second=round((self.count - report_at) / max(1e-9, now - said), 2),
                                   seconds_left=round(clock.left(), 1) if not settings.steps else None)
                said, report_at = now, self.count

    def _finish(self, held_out) -> Dict:
        """Measures what ships: the averaged weights, first as they are, then rounded to int8."""
        self.average.swap()
        report = {"float": measure_tokenizer(self.model, held_out, self.device)}
        state, _ = checkpoint.load_weights(self.config.output / WEIGHTS)
        self.model.load_state_dict(state)
        report["int8"] = measure_tokenizer(self.model, held_out, self.device)
        self.journal.write("measured", **report)
        draw_curves([("loss", {"training": self.journal.series("train", "step", "loss")}),
                     ("PSNR of training batches, dB", {"training": self.journal.series("train", "step", "psnr")}),
                     ("re-encode disagreement", {"training": self.journal.series("train", "step", "disagreement")})],
                    self.config.directory / "tokenizer-curves.png")
        return report


def load_tokenizer(config: Config, device) -> CViViT:
    """The trained tokenizer with its int8 weights widened: what the bundle will compute."""
    for directory in (config.output, config.directory):
        if checkpoint.weights_exist(directory / WEIGHTS):
            state, _ = checkpoint.load_weights(directory / WEIGHTS)
            model = CViViT(config.tokenizer)
            model.load_state_dict(state)
            model = model.to(device).eval().requires_grad_(False)
            return model.to(memory_format=torch.channels_last) if torch.device(device).type == "cuda" else model
    raise FileNotFoundError(f"no {WEIGHTS} in {config.output} or {config.directory}: train the tokenizer first")
