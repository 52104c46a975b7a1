"""Configuration of a run: one TOML file, every field documented here, unknown keys refused."""
import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, get_type_hints

from ..networks.cvivit import CViViTConfig
from ..networks.presets import preset
from ..networks.transformer import TransformerConfig


@dataclass
class RunConfig:
    preset: str = "shipped"
    """Sizes to start from; [tokenizer.network] and [transformer.network] override single fields."""
    directory: str = "runs/shipped"
    """Checkpoints, data, logs and curves. May be large; a run resumes from here."""
    output: str = ""
    """What a run is for: int8 weights, the report, contact sheets. Empty: `output` inside `directory`."""
    device: str = "auto"
    seed: int = 1
    text_encoder: str = "minilm"
    """minilm, or hashed-words for runs without model files."""
    text_source: str = ""
    """Where MiniLM is: the artifact's jar, or a folder with its two files."""
    text_workers: int = 4
    text_threads: int = 3
    world: str = "longtake_training.world:ProceduralWorld"
    """module:class of what renders and captions clips."""
    quiet: bool = False


@dataclass
class Phase:
    """A stretch of tokenizer training: `share` of the budget on clips of `frames` frames, `batch` at a time."""

    share: float
    frames: int
    batch: int


@dataclass
class TokenizerTraining:
    seconds: float = 480.0
    """Wall clock for all of the training, also over resumed runs; the rate falls to its floor exactly there."""
    until: float = 0.0
    """When positive, the time (seconds since 1970) at which this call stops training; `seconds` then follows from it."""
    later: float = 0.0
    """Seconds that later calls will add, known beforehand so that the rate falls over the whole; only with `until`."""
    steps: int = 0
    """When positive, counts steps instead of seconds (tests, exactly repeatable runs)."""
    rate: float = 2e-3
    hold: float = 0.35
    """Share of the budget before the rate begins to fall."""
    warmup: int = 200
    phases: List[Phase] = field(default_factory=lambda: [Phase(0.7, 5, 32), Phase(0.3, 11, 16)])
    pool: int = 36000
    """Windows rendered before training; fewer when `pool_seconds` run out."""
    pool_seconds: float = 25.0
    render_batch: int = 1024
    validation: int = 512
    consistency: float = 0.3
    """Weight of the re-encode consistency loss, reached at 30 % of the budget."""
    consistency_clips: int = 8
    modes: List[str] = field(default_factory=lambda: ["graph", "eager"])
    """Tried in this order on a GPU; see step.py."""
    probe: bool = True
    """Let a second process look for a faster way to run the step, and change over when it has found one."""


@dataclass
class TransformerTraining:
    seconds: float = 430.0
    until: float = 0.0
    later: float = 0.0
    steps: int = 0
    rate: float = 2e-3
    floor: float = 0.01
    hold: float = 0.0
    warmup: int = 250
    batch: int = 128
    windows: int = 120000
    """Encoded windows to train on; fewer when `data_seconds` run out."""
    data_seconds: float = 100.0
    renders_per_scene: int = 2
    """Windows drawn of each captioned scene, differing in layout and phase: captions cost more time than pictures."""
    render_batch: int = 1024
    validation: int = 1024
    image_ratio: float = 0.2
    """Share of steps that train on single images, as many tokens as a video step."""
    text_dropout: float = 0.1
    prefix_reencoded: float = 0.6
    """Share of video rows whose prefix is replaced by the codes of its own reconstruction."""
    code_noise: float = 0.04
    """Most codes of a row that may be replaced by noise; each row draws its share below this."""
    image_prefix: float = 0.3
    """Share of fresh starts that see their first latent frame, as when a picture is animated."""
    loss_share: float = 0.5
    """Share of all positions, masked ones first, at which the heads are evaluated."""
    modes: List[str] = field(default_factory=lambda: ["graph", "eager"])
    probe: bool = True


@dataclass
class Evaluation:
    clips: int = 512
    batch: int = 128
    seed: int = 2024
    classifier_seconds: float = 60.0
    classifier_clips: int = 24576
    classifier_batch: int = 256
    """Training windows of the attribute classifiers, true renders only."""
    classifier_channels: List[int] = field(default_factory=lambda: [24, 48, 96, 144, 192])
    """Of each classifier, a halving of the picture each; five such classifiers are 11 MB in half precision."""
    films: int = 8
    film_windows: int = 240
    seconds: float = 240.0
    """Sections that would begin later than this are left out and named in the report."""
    steps: int = 12
    guidance: float = 3.5
    guidance_ramp: float = 0.5
    temperature: float = 1.0
    confidence_noise: float = 3.0
    candidates: List[List[float]] = field(default_factory=lambda: [[12, 2.0], [12, 3.5], [8, 2.5], [24, 2.5], [12, 5.0]])
    """Steps and guidance that are tried on clips of their own before anything is reported; the best one, the fewer steps where they are
    equally good, is what is measured and what the bundle names as its default. Empty: `steps` and `guidance` as they stand."""
    candidate_clips: int = 128


@dataclass
class Config:
    run: RunConfig = field(default_factory=RunConfig)
    tokenizer: CViViTConfig = field(default_factory=CViViTConfig)
    transformer: TransformerConfig = field(default_factory=TransformerConfig)
    tokenizer_training: TokenizerTraining = field(default_factory=TokenizerTraining)
    transformer_training: TransformerTraining = field(default_factory=TransformerTraining)
    evaluation: Evaluation = field(default_factory=Evaluation)

    @property
    def directory(self) -> Path:
        return Path(self.run.directory)

    @property
    def output(self) -> Path:
        return Path(self.run.output) if self.run.output else self.directory / "output"


def load_config(path: Path, overrides: Optional[Dict[str, Any]] = None) -> Config:
    """Reads a TOML file. `overrides` maps dotted names (run.directory) to values and wins."""
    with open(path, "rb") as source:
        tables = tomllib.load(source)
    for name, value in (overrides or {}).items():
        table = tables
        *parents, last = name.split(".")
        for parent in parents:
            table = table.setdefault(parent, {})
        table[last] = value
    return from_tables(tables)


def from_tables(tables: Dict[str, Any]) -> Config:
    unknown = set(tables) - {"run", "tokenizer", "transformer", "evaluation"}
    if unknown:
        raise ValueError(f"unknown tables {sorted(unknown)}")
    run = _filled(RunConfig(), tables.get("run", {}), "run")
    tokenizer, transformer = preset(run.preset)
    stages = {name: tables.get(name, {}) for name in ("tokenizer", "transformer")}
    for name, stage in stages.items():
        if set(stage) - {"network", "training"}:
            raise ValueError(f"[{name}] knows only network and training, not {sorted(stage)}")
    tokenizer = _filled(tokenizer, stages["tokenizer"].get("network", {}), "tokenizer.network")
    transformer = _filled(transformer, stages["transformer"].get("network", {}), "transformer.network")
    config = Config(
        run, tokenizer, transformer,
        _filled(TokenizerTraining(), stages["tokenizer"].get("training", {}), "tokenizer.training"),
        _filled(TransformerTraining(), stages["transformer"].get("training", {}), "transformer.training"),
        _filled(Evaluation(), tables.get("evaluation", {}), "evaluation"))
    _agree(config)
    return config


def _agree(config: Config):
    """The transformer speaks the tokenizer's codes: their sizes follow and need not be repeated in the file."""
    tokenizer = config.tokenizer
    config.transformer.vocabulary = math.prod(tokenizer.levels) if tokenizer.quantizer == "fsq" else tokenizer.vocabulary
    config.transformer.groups = config.tokenizer.groups
    config.transformer.positions = config.tokenizer.positions
    config.transformer.latent_frames = config.tokenizer.latent_frames


def _filled(target: Any, table: Dict[str, Any], where: str) -> Any:
    hints = get_type_hints(type(target))
    for key, value in table.items():
        if key not in hints:
            raise ValueError(f"[{where}] has no field '{key}'")
        if key == "phases":
            value = [Phase(**phase) for phase in value]
        elif hints[key] is float:
            value = float(value)
        setattr(target, key, value)
    return target
