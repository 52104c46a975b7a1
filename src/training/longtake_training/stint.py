"""A whole model in a few short calls on a lent machine: `stint` works for a given time on whatever comes next (tokenizer, transformer,
evaluation) and leaves what must not be lost as a handful of small files.

What is exact: a call that finds the run's directory as the last one left it goes on as if it had not been interrupted. What is not: on a
fresh machine only the handed-over files are there (`bring`). A finished stage is complete in them, an unfinished one starts from its
averaged int8 weights, with its time already counted."""
import hashlib
import json
import shutil
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional

from .training import checkpoint
from .training.config import Config
from .training.progress import Journal

WEIGHTS = ("tokenizer.weights", "transformer.weights")
RECORDS = "records.tar.gz"
HANDED_OVER = "handed-over.json"
LARGEST_FILE = 16 * 1024 * 1024
"""Bytes of a handed-over file at most."""


@dataclass
class Stint:
    """`seconds` from now this call is over. `last`: no call comes after it, so training ends early enough for the evaluation, its rate
    falling to the floor exactly there. `out`: where to leave files. `bring`: files that earlier calls left."""

    config: Config
    seconds: float
    out: Path
    last: bool = False
    bring: Optional[Path] = None
    closing: float = 20.0
    """Seconds kept for writing everything down."""

    def run(self) -> Dict[str, bool]:
        """Returns which stages are complete now."""
        self.end = time.time() + self.seconds - self.closing
        self.journal = Journal(self.config.directory, "stint", self.config.run.quiet)
        if self.bring is not None:
            bring(self.config, self.bring)
        try:
            self._work()
        finally:
            self.hand_over()
        done = {name: complete(self.config, name) for name in WEIGHTS}
        done["report"] = (self.config.output / "report.json").exists() and all(done.values())
        self.journal.write("over", **{name.partition(".")[0]: value for name, value in done.items()})
        return done

    def left(self) -> float:
        return self.end - time.time()

    def _work(self):
        from .evaluation.report import evaluate
        from .training.tokenizer import TokenizerTrainer
        from .training.transformer import TransformerTrainer

        evaluation = self.config.evaluation
        if not complete(self.config, WEIGHTS[0]):
            self.journal.say(f"tokenizer, {self.left():.0f} s left")
            TokenizerTrainer(self.config).run(stop_at=self.end)
        if not complete(self.config, WEIGHTS[0]):
            return
        if not complete(self.config, WEIGHTS[1]) and self.left() > 0:
            self.journal.say(f"transformer, {self.left():.0f} s left")
            if self.last:
                self.config.transformer_training.until = max(time.time() + 1, self.end - evaluation.seconds)
            TransformerTrainer(self.config).run(stop_at=self.end)
        if complete(self.config, WEIGHTS[1]) and self.left() > 0:
            self.journal.say(f"evaluation, {self.left():.0f} s left")
            evaluation.seconds = min(evaluation.seconds, self.left())
            evaluate(self.config)

    def hand_over(self):
        """Weights and judges that changed since they were last handed over, and one archive with everything a person reads."""
        out, known = Path(self.out), handed_over(self.config)
        out.mkdir(parents=True, exist_ok=True)
        files = [file for name in WEIGHTS for file in [self.config.output / name] + checkpoint.parts(self.config.output / name) if file.exists()]
        files += [file for file in [self.config.output / "judges.pt"] if file.exists()]
        for file in files:
            if known.get(file.name) != digest(file):
                shutil.copyfile(file, out / file.name)
                known[file.name] = digest(file)
        with tarfile.open(out / RECORDS, "w:gz") as archive:
            for file in records(self.config):
                archive.add(file, str(file.relative_to(self.config.directory)) if self.config.directory in file.parents else f"output/{file.name}")
        remember(self.config, known)
        too_large = [file.name for file in out.iterdir() if file.stat().st_size > LARGEST_FILE]
        if too_large:
            self.journal.say(f"larger than {LARGEST_FILE} bytes: {too_large}")


def bring(config: Config, folder: Path):
    """Puts handed-over files where trainers, evaluation and export look for them, unless the run itself is still there."""
    config.directory.mkdir(parents=True, exist_ok=True)
    known = handed_over(config)
    for file in sorted(Path(folder).iterdir()):
        known.setdefault(file.name, digest(file))
        if file.name == RECORDS:
            _unpack(file, config.directory)
        stage = next((name for name in WEIGHTS if file.name.startswith(name)), None)
        if stage and not checkpoint.weights_exist(config.output / stage):
            shutil.copyfile(file, config.directory / file.name)
    remember(config, known)


def _unpack(file: Path, directory: Path):
    with tarfile.open(file) as archive:
        for member in archive.getmembers():
            target = directory / member.name
            if member.isfile() and target.resolve().is_relative_to(directory.resolve()) and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())


def handed_over(config: Config) -> Dict[str, str]:
    path = config.directory / HANDED_OVER
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def remember(config: Config, known: Dict[str, str]):
    (config.directory / HANDED_OVER).write_text(json.dumps(known), encoding="utf-8")


def records(config: Config) -> List[Path]:
    """Journals, curves, probes' results, and what the evaluation wrote."""
    found = [file for folder in (config.directory, config.output) if folder.is_dir() for file in sorted(folder.iterdir())
             if file.suffix in (".jsonl", ".png", ".json", ".md", ".log", ".txt") and file.name != HANDED_OVER]
    return list(dict.fromkeys(found))


def complete(config: Config, name: str) -> bool:
    """Whether the stage that writes these weights has had its whole time."""
    for directory in (config.output, config.directory):
        if checkpoint.weights_exist(directory / name):
            return bool(checkpoint.load_weights(directory / name)[1].get("complete"))
    return False


def digest(file: Path) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
