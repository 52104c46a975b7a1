"""Captions of scenes, and what no caption may be."""
import hashlib
import json
import unicodedata
from pathlib import Path

from .spec import NATURAL, OUTSIDE, WALKER
from .words import LANGUAGES

HERE = Path(__file__).parent


def normalised(text: str) -> str:
    """NFKC, lower case, letters and digits only, single spaces."""
    text = unicodedata.normalize("NFKC", text).lower()
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def digest(text: str) -> str:
    return hashlib.sha256(normalised(text).encode("utf-8")).hexdigest()


REFUSED = {d for group in json.loads((HERE / "refused.json").read_text(encoding="utf-8")).values() for d in group}
PARAPHRASES = json.loads((HERE / "paraphrases.json").read_text(encoding="utf-8"))
_KEPT = {normalised(p["text"]) for p in PARAPHRASES}


def refused(caption: str) -> bool:
    """Sentences of stories that the model must tell unseen, and the paraphrases it is measured on."""
    text = normalised(caption)
    return text in _KEPT or hashlib.sha256(text.encode("utf-8")).hexdigest() in REFUSED


def caption(random, spec, before=None, language="en", explicit=False) -> str:
    """A wording of `spec`. `before` is the scene shown so far: what stays may go unsaid. `explicit` says everything."""
    while True:
        text = _caption(random, spec, before, language, explicit)
        if not refused(text):
            return text


def _caption(random, spec, before, language, explicit):
    words = LANGUAGES[language]
    pick = random.choice
    same_place = before is not None and before["place"] == spec["place"]
    same = same_place and all(before[f] == spec[f] for f in ("subject", "colour"))
    place, subject, camera = spec["place"], spec["subject"], spec["camera"]
    time = ""
    if place in OUTSIDE and not spec["lapse"]:
        known = spec["time"] == "day" or same_place and before["time"] == spec["time"]
        if not known or random.random() < 0.3:
            time = pick(words["time"][spec["time"]])
    if subject == "none":
        if spec["lapse"]:
            main = pick(words["lapse"]).format(pick(words["lapsed"][place]))
        else:
            main = " ".join(filter(None, (pick(words["empty"][place]), time)))
    else:
        where = "" if same_place and not explicit and random.random() < 0.4 else pick(words["place"][place])
        main = _sentence(random, words, language, spec, same, where, time, explicit)
    parts = [main + "."]
    if spec["screen"] and (explicit or not (same_place and before["screen"])):
        parts.append(pick(words["screen"]) + ".")
    if camera != "static" or random.random() < 0.15:
        move = pick(words["camera"][camera])
        if random.random() < 0.5:
            parts.append(move + ".")
        else:
            mark = pick((".", ":")) if language != "de" else "."
            parts.insert(0, move + mark)
    return " ".join(parts)


def _sentence(random, words, language, spec, same, where, time, explicit):
    pick = random.choice
    subject, action = spec["subject"], spec["action"]
    unsaid = not explicit and (same and random.random() < 0.6 or spec["colour"] == NATURAL[subject] and random.random() < 0.5)
    noun = _noun(random, words, language, subject, "" if unsaid else pick(words["colour"][spec["colour"]]), same or random.random() < 0.2)
    if spec["suit"]:
        noun += " " + pick(words["suit"])
    kind = "walker" if subject in WALKER else subject if subject in ("fish", "cars") else "flyer"
    if kind == "walker" and spec["place"] == "office" and action in ("run", "jump"):
        kind = pick(("walker", "desk"))
    verb, _, rest = pick(words["action"][(kind, action)]).partition("|")
    order = random.random()
    if where and order < 0.25:
        head = where
        turned = [verb, noun] if language == "de" else [noun, verb]
        text = [head + ("" if language == "de" else ","), *turned, rest, time]
    elif time and order < 0.5:
        turned = [verb, noun] if language == "de" else [noun, verb]
        text = [time + ("" if language == "de" else ","), *turned, rest, where]
    else:
        text = [noun, verb, rest, where, time]
    text = " ".join(filter(None, text))
    return text[0].upper() + text[1:]


def _noun(random, words, language, subject, colour, definite):
    noun = random.choice(words["subject"][subject])
    if language == "en":
        name = f"{colour} {noun}" if colour else noun
        if subject == "cars":
            return name if not definite and random.random() < 0.4 else random.choice(("many ", "lots of ", "the ")) + name
        return ("the " if definite else "an " if name[0] in "aeiou" else "a ") + name
    gender, _, noun = noun.partition(" ")
    if language == "pt":
        if colour:
            noun += " " + colour.split(",")["mfp".index(gender)]
        if gender == "p":
            return random.choice(("muitos ", "os ", "")) + noun
        return {"m": ("um ", "o "), "f": ("uma ", "a ")}[gender][definite] + noun
    if gender == "p":
        article, ending = random.choice((("viele ", "e "), ("die ", "en "), ("", "e ")))
    elif definite:
        article, ending = {"m": "der ", "f": "die ", "n": "das "}[gender], "e "
    else:
        article, ending = {"m": ("ein ", "er "), "f": ("eine ", "e "), "n": ("ein ", "es ")}[gender]
    return article + (colour + ending if colour else "") + noun
