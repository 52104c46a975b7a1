"""python -m longtake_training {train-tokenizer|train-transformer|stint|evaluate|export|preview|world} --config FILE [--set name=value ...]"""
import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any, Dict, List, Optional


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="longtake_training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (("train-tokenizer", "train the C-ViViT tokenizer, resuming if there is a checkpoint"),
                        ("train-transformer", "encode windows and train the masked transformer, resuming likewise"),
                        ("stint", "work for a given time on whatever comes next, on a lent machine"),
                        ("evaluate", "measure the trained model: report.json, tables, contact sheets"),
                        ("export", "write the bundle: archives, golden vectors, manifest, card"),
                        ("preview", "render prompts to a contact sheet"),
                        ("world", "draw windows of the training world with their captions, and time it")):
        command = commands.add_parser(name, help=about)
        command.add_argument("--config", required=True, type=Path)
        command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="override a field, e.g. run.seed=2")
        if name in ("stint", "evaluate", "export", "preview"):
            command.add_argument("--bring", type=Path, metavar="DIR", help="files that an earlier stint left")
        if name == "stint":
            command.add_argument("--seconds", required=True, type=float, help="when this call is over, from now")
            command.add_argument("--out", required=True, type=Path, help="where to leave files of at most 16 MiB")
            command.add_argument("--last", action="store_true", help="no call comes after it: evaluate in any case")
        if name == "export":
            command.add_argument("--bundle", required=True, type=Path, help="directory to write")
            command.add_argument("--parts", action="store_true", help="split large files into parts of at most 16 MiB")
        if name == "preview":
            command.add_argument("--prompt", action="append", required=True)
        if name == "world":
            command.add_argument("--sheet", required=True, type=Path, help="PNG to write")
            command.add_argument("--count", type=int, default=24)
            command.add_argument("--kind", default="training", choices=("training", "known", "held_out", "paraphrase", "change"))
            command.add_argument("--language", default="en")
    probe = commands.add_parser("probe")
    probe.add_argument("--stage", required=True)
    probe.add_argument("--request", required=True, type=Path)
    probe.add_argument("--result", required=True, type=Path)
    options = parser.parse_args(arguments)
    if options.command == "probe":
        from .training.probe import run_probe

        _prepare_device()
        run_probe(options.stage, json.loads(options.request.read_text(encoding="utf-8")), options.result)
        return 0
    from .training.config import load_config

    config = load_config(options.config, _overrides(options.set))
    _prepare_device()
    if options.command == "stint":
        from .stint import Stint

        Stint(config, options.seconds, options.out, options.last, options.bring).run()
        return 0
    if getattr(options, "bring", None) is not None:
        from .stint import bring

        bring(config, options.bring)
    if options.command == "train-tokenizer":
        from .training.tokenizer import TokenizerTrainer

        TokenizerTrainer(config).run()
    elif options.command == "train-transformer":
        from .training.transformer import TransformerTrainer

        TransformerTrainer(config).run()
    elif options.command == "evaluate":
        from .evaluation.report import evaluate

        evaluate(config)
    elif options.command == "export":
        from .export.bundle import export

        export(config, options.bundle, options.parts)
    elif options.command == "preview":
        from .evaluation.films import preview

        print(preview(config, options.prompt))
    elif options.command == "world":
        from .evaluation.sheets import world_sheet

        print(world_sheet(config, options.sheet, options.count, options.kind, options.language))
    return 0


def _prepare_device():
    import torch

    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True


def _overrides(settings: List[str]) -> Dict[str, Any]:
    """Values are read as TOML, and as plain text where they are not TOML."""
    result: Dict[str, Any] = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            sys.exit(f"--set wants NAME=VALUE, not '{setting}'")
        try:
            result[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            result[name] = value
    return result
