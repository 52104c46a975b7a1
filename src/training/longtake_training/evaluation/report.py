"""`evaluate`: every figure of the model card in one command. report.json is rewritten after each section, so whatever ends the run
early costs only the sections that were still to come."""
import json
import os
import time
from dataclasses import replace
from typing import Any, Callable, Dict, List, Optional

import torch

from ..export.card import ATTRIBUTES
from ..training.config import Config
from ..training.data import FRESH, Scenes, device_of, open_world, render_pool
from ..training.progress import Clock, Journal, read_journal
from . import motion
from .classifiers import Judges, accuracy, train_judges, true_windows
from .films import PREFIX_FRAMES, Studio, open_studio, scene_frames
from .reconstruction import clip_psnr, measure_tokenizer
from .sheets import contact_sheet

AFTER_CHANGE = -1
"""Switch frame of the second window after a prompt change: the last of those that are judged."""


class Report:
    """Collects card figures; `intervals`, ceilings through the tokenizer and the like stand under their own keys."""

    def __init__(self, config: Config):
        self.path = config.output / "report.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.values: Dict[str, Any] = {"intervals": {}, "notes": []}

    def adherence(self, name: str, measured: Dict, ceiling: Dict, reconstructed: Optional[Dict] = None):
        row: Dict[str, Any] = {a: measured[a]["value"] for a in ATTRIBUTES if a in measured}
        row["ceiling"] = {a: ceiling[a]["value"] for a in ATTRIBUTES if a in ceiling}
        if reconstructed is not None:
            row["ceiling_reconstructed"] = {a: reconstructed[a]["value"] for a in ATTRIBUTES if a in reconstructed}
        self.values[name] = row
        self.values["intervals"][name] = {a: [measured[a]["low"], measured[a]["high"], measured[a]["n"]] for a in ATTRIBUTES if a in measured}
        self.values["intervals"][name + "_ceiling"] = {a: [ceiling[a]["low"], ceiling[a]["high"], ceiling[a]["n"]] for a in ATTRIBUTES
                                                       if a in ceiling}

    def write(self):
        partial = self.path.with_name("report.json.partial")
        partial.write_text(json.dumps(self.values, indent=2) + "\n", encoding="utf-8")
        os.replace(partial, self.path)


class Evaluator:
    def __init__(self, config: Config, world=None):
        self.config = config
        self.settings = config.evaluation
        self.device = device_of(config.run.device)
        self.world = world if world is not None else open_world(config.run.world)
        self.journal = Journal(config.directory, "evaluation", config.run.quiet)
        self.report = Report(config)
        self.studio: Studio = open_studio(config, self.device)
        self.frames = config.tokenizer.frames
        self.judges: Optional[Judges] = None
        self.clock = Clock(self.settings.seconds)
        self.rows: List = []

    def run(self) -> Dict[str, Any]:
        sections: List = [("tokenizer", self.tokenizer), ("judges", self.train), ("sampler", self.sampler), ("adherence", lambda: self.plain("adherence", "known", 1)),
                          ("after_switch", self.after_switch), ("held_out", lambda: self.plain("adherence_held_out", "held_out", 2)),
                          ("paraphrase", lambda: self.plain("adherence_paraphrase", "paraphrase", 3)), ("image_start", self.image_start),
                          ("films", self.films), ("languages", self.languages)]
        for name, section in sections:
            self._section(name, section)
        self._section("sheets", self.sheets, always=True)
        self.report.values["clips"] = self.settings.clips
        self.report.values["training"] = self._training()
        self.report.write()
        (self.config.output / "tables.md").write_text(tables(self.report.values), encoding="utf-8")
        return self.report.values

    def _section(self, name: str, section: Callable[[], None], always: bool = False):
        """Runs one section; a failure or a lack of time is written down and the next one goes on."""
        if self.clock.left() <= 0 and not always:
            self.report.values["notes"].append(f"{name}: left out, out of time")
            return
        if name not in ("tokenizer", "judges", "films", "sheets") and self.judges is None:
            self.report.values["notes"].append(f"{name}: left out, no judges")
            return
        began = time.monotonic()
        try:
            section()
        except Exception as failure:  # one broken measurement must not lose the others
            self.report.values["notes"].append(f"{name}: {type(failure).__name__}: {str(failure)[:300]}")
            self.journal.say(f"{name} failed: {type(failure).__name__}: {str(failure)[:500]}")
        self.report.write()
        self.journal.write("section", name=name, seconds=round(time.monotonic() - began, 1), left=round(self.clock.left(), 1))

    def tokenizer(self):
        clips = render_pool(self.world, self.settings.clips, self.settings.seed, self.device, self.config.tokenizer_training.render_batch)
        measured = measure_tokenizer(self.studio.tokenizer, clips, self.device)
        values = self.report.values
        values["psnr_db"], values["code_use"] = measured["psnr_db"], min(measured["code_use"])
        values["roundtrip_psnr_db"] = measured["roundtrip_psnr_db"]
        def span(mean, half):
            return [round(mean - half, 3), round(mean + half, 3), measured["clips"]]

        values["intervals"]["psnr_db"] = span(measured["psnr_db"], measured["psnr_interval"])
        values["intervals"]["roundtrip_psnr_db"] = [span(*pair) for pair in zip(measured["roundtrip_psnr_db"], measured["roundtrip_interval"])]
        values["tokenizer"] = measured
        reconstructed = self._reconstructed(clips[:4])
        self.rows += [(f"true / reconstructed {i}", part) for i, pair in enumerate(zip(clips[:4].cpu(), reconstructed.cpu())) for part in pair]

    def train(self):
        settings = self.settings
        self.judges = train_judges(self.world, settings.classifier_clips, settings.classifier_seconds, settings.classifier_batch, self.frames,
                                   self.device, settings.seed + 50, self.journal.say, self.config.tokenizer_training.render_batch,
                                   channels=settings.classifier_channels)
        # Stored as frozen here, before anything generated is seen; in half precision, as small files travel.
        torch.save({name: value.half() if value.is_floating_point() else value for name, value in self.judges.state_dict().items()},
                   self.config.output / "judges.pt")

    def _reconstructed(self, clips: torch.Tensor) -> torch.Tensor:
        from ..training.data import to_bytes
        from ..training.step import half_precision

        parts = []
        for start in range(0, clips.shape[0], 64):
            with torch.no_grad(), half_precision(self.device):
                video = clips[start:start + 64].float() / 255
                parts.append(to_bytes(self.studio.tokenizer.decode(self.studio.tokenizer.encode(video)).float()))
        return torch.cat(parts)

    def _true(self, scenes: Scenes, seed: int, switch: Optional[int] = None) -> torch.Tensor:
        if switch is not None:
            scenes = Scenes(scenes.before, scenes.after, torch.full_like(scenes.switch, switch), scenes.captions, scenes.labels)
        return true_windows(self.world, scenes, self.device, seed, self.config.tokenizer_training.render_batch)

    def _judged(self, name: str, scenes: Scenes, video: torch.Tensor, true: torch.Tensor):
        measured = accuracy(self.judges, video, scenes.labels)
        self.report.adherence(name, measured, accuracy(self.judges, true, scenes.labels),
                              accuracy(self.judges, self._reconstructed(true), scenes.labels))
        self.journal.write("adherence", row=name, **{a: measured[a]["value"] for a in measured},
                           ceiling={a: self.report.values[name]["ceiling"][a] for a in measured})
        picked = video[:6].mul(255).round().byte().cpu()
        self.rows += [(f"{name}: {caption}", frames) for caption, frames in zip(scenes.captions[:6], picked)]

    def sampler(self):
        """Chooses the sampler's settings on clips that no reported row holds."""
        settings, found = self.settings, []
        seed = settings.seed + 40
        for steps, guidance in sorted(settings.candidates):
            self.studio.settings = replace(self.studio.settings, steps=int(steps), guidance=float(guidance))
            scenes = self.world.cases("known", settings.candidate_clips, seed, "en")
            measured = accuracy(self.judges, self.studio.clips(scenes.captions, None, seed, settings.batch), scenes.labels)
            mean = sum(row["value"] for row in measured.values()) / len(measured)
            found.append({"steps": int(steps), "guidance": float(guidance), "mean_adherence": round(mean, 4)})
        if found:
            # Half a point is within what chance does; then the sampler that costs less.
            best = max(row["mean_adherence"] for row in found)
            chosen = next(row for row in found if row["mean_adherence"] >= best - 0.005)
            settings.steps, settings.guidance = chosen["steps"], chosen["guidance"]
            self.report.values["sampler"] = {"chosen": chosen, "tried": found, "clips": settings.candidate_clips}
        self.studio.settings = replace(self.studio.settings, steps=settings.steps, guidance=settings.guidance)

    def plain(self, name: str, kind: str, offset: int):
        """One fresh window per caption."""
        seed = self.settings.seed + offset
        scenes = self.world.cases(kind, self.settings.clips, seed, "en")
        video = self.studio.clips(scenes.captions, None, seed, self.settings.batch)
        self._judged(name, scenes, video, self._true(scenes, seed, FRESH))

    def languages(self):
        """Known combinations and paraphrases told in each of the other languages. English is the rows above."""
        table: Dict[str, Dict[str, Any]] = {"adherence": {}, "adherence_paraphrase": {}}
        for index, language in enumerate(self.world.languages):
            for offset, (row, kind) in enumerate((("adherence", "known"), ("adherence_paraphrase", "paraphrase"))):
                if language == "en":
                    table[row][language] = self.report.values.get(row, {})
                    continue
                if self.clock.left() <= 0:
                    self.report.values["notes"].append(f"languages: {kind}, {language} left out, out of time")
                    continue
                seed = self.settings.seed + 20 + 2 * index + offset
                scenes = self.world.cases(kind, self.settings.clips, seed, language)
                video = self.studio.clips(scenes.captions, None, seed, self.settings.batch)
                self._judged(f"{row}_{language}", scenes, video, self._true(scenes, seed, FRESH))
                table[row][language] = self.report.values.pop(f"{row}_{language}")
        for row, values in table.items():
            self.report.values[f"{row}_by_language"] = values

    def after_switch(self):
        """A window of the first scene, then two under the second prompt; the last one is judged."""
        seed = self.settings.seed + 4
        scenes = self.world.cases("change", self.settings.clips, seed, "en")
        first = self.studio.clips(scenes.openings, None, seed, self.settings.batch)
        second = self.studio.clips(scenes.captions, first[:, -PREFIX_FRAMES:], seed + 100_000, self.settings.batch)
        third = self.studio.clips(scenes.captions, second[:, -PREFIX_FRAMES:], seed + 200_000, self.settings.batch)
        self._judged("adherence_after_switch", scenes, third, self._true(scenes, seed, AFTER_CHANGE))

    def image_start(self):
        """The first frame of a true window is given as a picture and moves under the window's prompt."""
        seed = self.settings.seed + 5
        scenes = self.world.cases("known", self.settings.clips, seed, "en")
        true = self._true(scenes, seed, FRESH)
        pictures = true[:, :1].float() / 255
        video = self.studio.clips(scenes.captions, pictures, seed, self.settings.batch)
        self._judged("image_start", scenes, video, true)
        row = self.report.values["image_start"]
        row["first_frame_psnr_db"] = round(float(clip_psnr(video[:, :1], pictures).mean()), 3)
        again = self._reconstructed(true[:, :1]).float() / 255
        row["first_frame_reconstruction_psnr_db"] = round(float(clip_psnr(again, pictures).mean()), 3)

    def films(self):
        """Films of three windows a scene whose last scenes repeat the first ones, so that drift is not a matter of content."""
        settings, per_scene = self.settings, 3
        count = max(2, settings.film_windows // per_scene)
        repeated = max(1, int(0.15 * count))
        scenes = self.world.cases("known", settings.films * (count - repeated), settings.seed + 6, "en")
        order = [scenes.captions[s * settings.films:(s + 1) * settings.films] for s in range(count - repeated)]
        prompts = order + order[:repeated]
        film = self.studio.film(prompts, per_scene, settings.seed + 6)
        on_device = film.to(self.device)
        ratios = motion.seam_ratios(motion.frame_differences(on_device), per_scene)
        true = self._true(self.world.cases("known", 512 if settings.clips >= 500 else settings.clips, settings.seed + 7, "en"), settings.seed + 7,
                          FRESH)
        self.report.values["seam_ratio"] = [r["value"] for r in ratios]
        self.report.values["intervals"]["seam_ratio"] = [[r["low"], r["high"], r["n"]] for r in ratios]
        self.report.values["drift"] = motion.drift(on_device, true, repeated)
        self.journal.write("films", films=film.shape[0], frames=film.shape[1], seam_ratio=self.report.values["seam_ratio"],
                           drift=self.report.values["drift"])
        shown = list(range(0, count, max(1, count // 12)))
        contact_sheet([(prompts[s][0], film[0][scene_frames(s, per_scene)]) for s in shown], self.config.output / "film.png")

    def sheets(self):
        contact_sheet(self.rows, self.config.output / "samples.png")

    def _training(self) -> Dict[str, Any]:
        """What the journals know of the compute spent."""
        result: Dict[str, Any] = {}
        for stage in ("tokenizer", "transformer"):
            steps = [r for r in read_journal(self.config.directory / f"{stage}.jsonl") if r["event"] == "train"]
            if steps:
                result[stage] = {"steps": steps[-1]["step"], "seconds": steps[-1]["spent"]}
        if self.device.type == "cuda":
            result["device"] = torch.cuda.get_device_name()
        return result


def evaluate(config: Config, world=None) -> Dict[str, Any]:
    return Evaluator(config, world).run()


def tables(values: Dict[str, Any]) -> str:
    """The report as Markdown."""
    lines = ["| figure | value |", "|---|---|"]
    for name in ("psnr_db", "code_use", "roundtrip_psnr_db", "seam_ratio"):
        if name in values:
            lines.append(f"| {name} | {values[name]} |")
    for name, row in values.get("drift", {}).items():
        lines.append(f"| drift of {name} | {row['first']} to {row['last']}, mean change {row['mean_abs_difference']}, "
                     f"true spread {row['true_spread']} |")
    lines += ["", "| row | " + " | ".join(ATTRIBUTES) + " |", "|---|" + "---|" * len(ATTRIBUTES)]
    for name in ("adherence", "adherence_held_out", "adherence_paraphrase", "adherence_after_switch", "image_start"):
        if name in values:
            row, spans = values[name], values["intervals"].get(name, {})
            for label, source in ((name, row), ("… ceiling", row["ceiling"]), ("… ceiling through the tokenizer", row.get("ceiling_reconstructed", {}))):
                cells = []
                for attribute in ATTRIBUTES:
                    cell = f"{source[attribute]:.3f}" if attribute in source else "–"
                    if source is row and attribute in spans:
                        cell += f" [{spans[attribute][0]:.3f}, {spans[attribute][1]:.3f}]"
                    cells.append(cell)
                lines.append(f"| {label} | " + " | ".join(cells) + " |")
    for name in ("adherence_by_language", "adherence_paraphrase_by_language"):
        for language, row in values.get(name, {}).items():
            cells = [f"{row[a]:.3f} of {row['ceiling'][a]:.3f}" if a in row else "–" for a in ATTRIBUTES]
            lines.append(f"| {name.removesuffix('_by_language')}, {language} | " + " | ".join(cells) + " |")
    lines += [""] + [f"- {note}" for note in values.get("notes", [])]
    return "\n".join(lines) + "\n"
