"""Trains the masked token transformer on windows that the finished tokenizer has encoded."""
import time
from typing import Dict, Optional

import torch
import torch.nn.functional as F

from ..networks.transformer import MaskedTransformer
from . import checkpoint
from .config import Config, TransformerTraining
from .data import CLEAN, Corruption, TokenData, chunk_seed, device_of, encode_windows, masked_batch, open_world
from .distributed import agree, barrier, join, own_seed, rank, world_size
from .optim import Average, Optimiser, cosine_share
from .probe import Plan, Probe, choose
from .progress import Clock, Journal, budget_seconds, draw_curves, over
from .step import TrainingStep, first_working, half_precision
from .text import text_encoder
from .tokenizer import load_tokenizer

TABLES = ("tokens", "drawn", "space", "time", "null_text", "first_head", "later_heads.0.out", "later_heads.1.out", "later_heads.2.out")
WEIGHTS = "transformer.weights"
PREFIX_FRAMES = 5


def masked_loss(model: MaskedTransformer, inputs: Dict[str, torch.Tensor]):
    """Cross entropy at masked positions, summed over code groups. Returns (loss, metrics: one entropy per group, in nats)."""
    hidden = model.trunk(inputs["tokens"], inputs["text"], inputs["text_mask"]).flatten(0, 1)[inputs["chosen"]]
    target = inputs["target"].flatten(0, 1)[inputs["chosen"]]
    weight = inputs["masked"].flatten()[inputs["chosen"]].float()
    weight = weight / weight.sum()
    logits = [model.first_logits(hidden)] + model.later_logits(hidden, target)
    entropies = torch.stack([(F.cross_entropy(part.float(), target[:, group], reduction="none") * weight).sum()
                             for group, part in enumerate(logits)])
    return entropies.sum(), entropies.detach()


def rows_per_step(training: TransformerTraining, latent_frames: int, image: bool) -> int:
    """An image step sees as many tokens as a video step."""
    return training.batch * latent_frames if image else training.batch


def build_step(model: MaskedTransformer, optimiser: Optimiser, training: TransformerTraining, image: bool, mode: str) -> TrainingStep:
    config, device = model.config, optimiser.parameters[0].device
    rows = rows_per_step(training, config.latent_frames, image)
    count = config.positions * (1 if image else config.latent_frames)
    half = torch.bfloat16 if device.type == "cuda" else torch.float32
    codes = torch.randint(0, config.vocabulary, (rows, count, config.groups), device=device)
    example = {
        "tokens": codes, "target": codes.clone(), "masked": torch.ones(rows, count, dtype=torch.bool, device=device),
        "chosen": torch.arange(max(1, int(rows * count * training.loss_share)), device=device),
        "text": torch.zeros(rows, config.text_tokens, config.text_width, device=device, dtype=half),
        "text_mask": torch.ones(rows, config.text_tokens, dtype=torch.bool, device=device)}
    return TrainingStep(lambda inputs: masked_loss(model, inputs), optimiser, example, mode)


def is_image_step(count: int, ratio: float) -> bool:
    """Spreads image steps evenly: `ratio` of any long stretch of steps."""
    return int((count + 1) * ratio) > int(count * ratio)


class TransformerTrainer:
    """`run` trains until the budget is spent or until this call must end, resuming from a checkpoint if there is one.

    The encoded windows are kept beside the checkpoint, so a resumed run goes on at once with the same data."""

    def __init__(self, config: Config, world=None, encoder=None):
        self.config = config
        self.settings = config.transformer_training
        self.device = join(device_of(config.run.device))
        self.journal = Journal(config.directory, "transformer", config.run.quiet)
        self._world, self._encoder = world, encoder
        self.checkpoint = config.directory / "transformer.checkpoint"
        self.data_path = config.directory / ("windows.data" if rank() == 0 else f"windows-{rank()}.data")
        torch.manual_seed(config.run.seed + 1)
        self.model = MaskedTransformer(config.transformer).to(self.device)
        self.optimiser = Optimiser(self.model, self.settings.rate, tables=TABLES, decay=0.02)
        self.average = Average(self.model)
        self.corruption = Corruption(self.settings.text_dropout, self.settings.prefix_reencoded, self.settings.code_noise,
                                     self.settings.image_prefix)
        self.count = 0
        self.spent = 0.0
        self.stop_at = 0.0
        self._resume()

    def _resume(self):
        if self.checkpoint.exists():
            saved = checkpoint.load(self.checkpoint, str(self.device))
            self.model.load_state_dict(saved["model"])
            self.optimiser.restore(saved["optimiser"])
            for mine, other in zip(self.average.tensors, saved["average"]):
                mine.copy_(other)
            self.count, self.spent = saved["count"], saved["spent"]
            self.journal.write("resumed", step=self.count, spent=round(self.spent, 1))
        elif checkpoint.weights_exist(self.config.directory / WEIGHTS):
            # A lost machine leaves only the averaged int8 weights of the last call: better than nothing, and marked as such.
            state, about = checkpoint.load_weights(self.config.directory / WEIGHTS)
            self.model.load_state_dict(state)
            self.average = Average(self.model)
            # Steps are counted anew: without the optimiser's state the rate must rise slowly again.
            self.spent = float(about.get("spent", 0.0))
            self.journal.write("warm_start", spent=self.spent)

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

    def data(self) -> TokenData:
        if self.data_path.exists():
            return TokenData(checkpoint.load(self.data_path, str(self.device)))
        run, settings = self.config.run, self.settings
        world = self._world if self._world is not None else open_world(run.world)
        encoder = self._encoder if self._encoder is not None else text_encoder(run.text_encoder, run.text_source, run.text_threads)
        tokenizer = load_tokenizer(self.config, self.device)
        data = encode_windows(world, tokenizer, encoder, settings.windows + settings.validation, own_seed(run.seed + 100), self.device,
                              settings.render_batch, settings.data_seconds, PREFIX_FRAMES, run.text_workers, settings.renders_per_scene,
                              lambda **values: self.journal.write("data", **values))
        checkpoint.save_atomically(data.tensors(), self.data_path)
        return data

    def run(self, stop_at_step: int = 0, stop_at: float = 0.0) -> Dict:
        """As the tokenizer's: `stop_at` is the time (seconds since 1970) at which this call ends, whatever its budget."""
        self.stop_at = stop_at
        cuda, settings = self.device.type == "cuda", self.settings
        probe = Probe(self.config, "transformer") if cuda and world_size() == 1 and settings.probe and settings.steps == 0 else None
        try:
            data = self.data()
            if data.count <= settings.validation:
                raise ValueError(f"only {data.count} windows, all of them needed for validation")
            if probe is not None:
                probe.wait(10)
            settings.seconds = budget_seconds(settings.seconds, self.spent, settings.until, settings.later)
            clock = Clock(settings.seconds, self.spent)
            try:
                self._train(data, clock, probe, stop_at_step)
            finally:
                self.spent = clock.spent()
                self.save_weights(complete=self.progress() >= 1)
                self.save()
        finally:
            if probe is not None:
                probe.close()
        barrier()
        report = self._validate(data)
        self._curves()
        return report

    def _modes(self, results, image: bool):
        """What to try first: the fastest measured way to run such a step. Without a measurement compiling is a gamble of a minute,
        while a captured plain step is safe."""
        if self.device.type != "cuda" or world_size() > 1:
            return ["eager"]
        best = choose(results, None, int(image))
        return [best.mode, "graph", "eager"] if best is not None else self.settings.modes

    def _train(self, data: TokenData, clock: Clock, probe: Optional[Probe], stop_at_step: int):
        settings, cuda = self.settings, self.device.type == "cuda"
        generator = torch.Generator(device=self.device)
        steps: Dict[bool, TrainingStep] = {}
        results = probe.results() if probe is not None else []
        fresh_rows = torch.nonzero(data.fresh[settings.validation:]).flatten() + settings.validation
        ratio = settings.image_ratio if len(fresh_rows) > 0 else 0.0
        halfway, said, report_at = self.progress() >= 0.5, clock.spent(), self.count
        while self.progress() < 1 and not (stop_at_step and self.count >= stop_at_step):
            if self.count % 10 == 0:
                if cuda:
                    torch.cuda.synchronize()
                self.spent = agree(clock.spent(), self.device)
                if over(agree(time.time(), self.device), settings.until, self.stop_at):
                    break
                if probe is not None and probe.finished():
                    results = probe.results()
                    self.journal.write("probe", results=results)
                    for kind in [k for k in steps if choose(results, Plan(steps[k].mode, False), int(k)) is not None]:
                        del steps[kind]
                    probe = None
            progress = self.progress()
            image = is_image_step(self.count, ratio)
            if image not in steps:
                self.optimiser.set_rate(0.0)
                steps[image] = first_working(
                    lambda mode: build_step(self.model, self.optimiser, settings, image, mode), self._modes(results, image), self.journal.say)
            self.optimiser.set_rate(cosine_share(progress, settings.floor, settings.hold) * min(1.0, (self.count + 1) / settings.warmup))
            generator.manual_seed(chunk_seed(own_seed(self.config.run.seed + 2), self.count))
            amount = rows_per_step(settings, self.model.config.latent_frames, image)
            if image:
                rows = fresh_rows[torch.randint(0, len(fresh_rows), (amount,), device=self.device, generator=generator)]
            else:
                rows = torch.randint(settings.validation, data.count, (amount,), device=self.device, generator=generator)
            batch = masked_batch(data, rows, generator, self.corruption, self.model.vocabulary, self.model.positions, settings.loss_share, image)
            steps[image](batch.inputs())
            self.count += 1
            if self.count % 5 == 0:
                self.average.update(0.2 if progress < 0.1 else 0.04 if progress < 0.7 else 0.02)
            if not halfway and progress >= 0.5:
                halfway = True
                self.spent = clock.spent()
                self.save_weights(complete=False)
            now = clock.spent()
            if not image and (now - said > 10 or (settings.steps and self.count % 50 == 0)):
                loss, *rest = steps[False].metrics.tolist()
                self.journal.write("train", step=self.count, loss=loss, groups=[round(x, 4) for x in rest[:-1]], norm=rest[-1],
                                   rate=float(self.optimiser.muon_rate), progress=round(progress, 4), spent=round(now, 1),
                                   steps_per_second=round((self.count - report_at) / max(1e-9, now - said), 2),
                                   seconds_left=round(clock.left(), 1) if not settings.steps else None)
                said, report_at = now, self.count

    @torch.no_grad()
    def _validate(self, data: TokenData) -> Dict:
        """Cross entropy of unseen windows under fixed masks and clean prefixes, with the averaged weights."""
        self.average.swap()
        generator = torch.Generator(device=self.device)
        sums = []
        for start in range(0, self.settings.validation, 128):
            generator.manual_seed(chunk_seed(5, start))
            rows = torch.arange(start, min(start + 128, self.settings.validation), device=self.device)
            batch = masked_batch(data, rows, generator, CLEAN, self.model.vocabulary, self.model.positions, self.settings.loss_share)
            with half_precision(self.device):
                sums.append(masked_loss(self.model, batch.inputs())[1])
        self.average.swap()
        entropies = torch.stack(sums).mean(0).tolist()
        report = {"step": self.count, "windows": data.count, "entropy": [round(x, 4) for x in entropies], "total": round(sum(entropies), 4)}
        self.journal.write("validation", **report)
        return report

    def _curves(self):
        groups = {f"group {g + 1}": [(r["step"], r["groups"][g]) for r in self.journal.records if r["event"] == "train"]
                  for g in range(self.model.groups)}
        draw_curves([("cross entropy of masked codes, nats", groups),
                     ("gradient norm", {"norm": self.journal.series("train", "step", "norm")}),
                     ("rate", {"rate": self.journal.series("train", "step", "rate")})], self.config.directory / "transformer-curves.png")


def load_transformer(config: Config, device) -> MaskedTransformer:
    """The trained transformer with its int8 weights widened."""
    for directory in (config.output, config.directory):
        if checkpoint.weights_exist(directory / WEIGHTS):
            state, _ = checkpoint.load_weights(directory / WEIGHTS)
            model = MaskedTransformer(config.transformer)
            model.load_state_dict(state)
            return model.to(device).eval().requires_grad_(False)
    raise FileNotFoundError(f"no {WEIGHTS} in {config.output} or {config.directory}: train the transformer first")
