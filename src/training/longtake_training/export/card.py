"""The model card, for machines (card.json) and for people (card.md)."""
import json
from typing import Any, Dict

from ..training.config import Config

ATTRIBUTES = ("place", "subject", "colour", "camera", "action")
ADHERENCE = ("adherence", "adherence_held_out", "adherence_paraphrase", "adherence_after_switch", "image_start")
FIGURES = ("psnr_db", "code_use", "roundtrip_psnr_db") + ADHERENCE + ("seam_ratio", "drift")


def read_card(config: Config) -> Dict[str, Any]:
    """The figures of the run's report; what was not measured is absent, never invented."""
    path = config.output / "report.json"
    report = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    card = {name: report[name] for name in FIGURES if name in report}
    for extra in ("adherence_by_language", "adherence_paraphrase_by_language", "sampler", "tokenizer", "training", "intervals", "clips", "notes"):
        if extra in report:
            card[extra] = report[extra]
    return card


def card_text(card: Dict[str, Any], config: Config) -> str:
    lines = [
        "# phenaki: a small Phenaki for long films", "",
        "Turns a sequence of prompts into film of any length: windows of 11 frames at 128x128, 8 frames a second, each beginning with",
        "the last 5 frames of the one before.", "",
        "## Intended use", "",
        "Demonstrating and testing long-film rendering. The model knows one small drawn world: its places, subjects, actions, colours and",
        "camera moves. Words outside that world are not understood; the nearest known scene appears.", "",
        "## Data", "",
        "Procedural, drawn and captioned by the code in src/training. No photographs, no people, no scraped material. Captions in English,",
        "Portuguese and German. Some combinations are held out from training and reported separately.", "",
        "## Networks", "",
        f"C-ViViT tokenizer ({config.tokenizer.groups} codes of {config.transformer.vocabulary} per position, "
        f"{config.tokenizer.positions} positions per latent frame, {config.tokenizer.quantizer.upper()}) and a masked transformer "
        f"({config.transformer.layers} layers of {config.transformer.width}) with cross attention to frozen all-MiniLM-L6-v2 states.",
        "Weights are int8 per output channel on disk and widened when loaded.", "",
        "## Figures", "", "| figure | value |", "|---|---|"]
    lines += [f"| {name} | {_cell(card[name])} |" for name in FIGURES if name in card and name not in ADHERENCE]
    lines += [f"| bundle_mb | {card['bundle_mb']} |"] if "bundle_mb" in card else []
    rows = [name for name in ADHERENCE if name in card]
    if rows:
        lines += ["", "Adherence is judged by classifiers trained on true renders only. In brackets their accuracy on unseen true renders.", "",
                  "| | " + " | ".join(ATTRIBUTES) + " |", "|---|" + "---|" * len(ATTRIBUTES)]
        lines += [f"| {name} | " + " | ".join(_judged(card[name], a) for a in ATTRIBUTES) + " |" for name in rows]
    if "training" in card:
        lines += ["", "## Compute", "", _cell(card["training"])]
    lines += ["", "## Limits", "",
              "One style, small pictures, short memory: a window sees 5 frames of the past and one prompt. A scene that left the picture is",
              "not remembered. No sound, no text, no real persons.", "",
              "## Licence", "", "Apache-2.0. The text encoder all-MiniLM-L6-v2 is Apache-2.0 and is not part of this bundle.", ""]
    return "\n".join(lines)


def _judged(row: Dict[str, Any], attribute: str) -> str:
    if attribute not in row:
        return "–"
    ceiling = row.get("ceiling", {}).get(attribute)
    return f"{row[attribute]:.3f}" + (f" ({ceiling:.3f})" if ceiling is not None else "")


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_cell(v)}" for k, v in value.items())
    if isinstance(value, list):
        return " / ".join(str(v) for v in value)
    return str(value)
