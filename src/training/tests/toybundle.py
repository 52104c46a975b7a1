"""An untrained bundle of toy size, for the engine's test that what is exported here runs there:
python tests/toybundle.py GROUPS MINILM DIRECTORY WRONG, where MINILM is the jar or folder with the text encoder's files and WRONG a
second directory, for the same bundle with other golden logits of its last group."""
import json
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402
import torch  # noqa: E402

from longtake_training.export.bundle import digest, write_bundle  # noqa: E402
from longtake_training.networks.cvivit import CViViT  # noqa: E402
from longtake_training.networks.transformer import MaskedTransformer  # noqa: E402
from longtake_training.training.config import from_tables  # noqa: E402
from longtake_training.training.text import HashedWords  # noqa: E402
from longtake_training.world.world import ProceduralWorld  # noqa: E402


def main(groups: int, minilm: str, directory: str):
    # Channels in sixteens: seen with 8 and 24, the engine's library read past them and gave other codes, even none, on an AVX-512 processor.
    config = from_tables({
        "run": {"text_source": minilm},
        "tokenizer": {"network": {"stem": [16, 32, 64], "width": 64, "heads": 2, "spatial_hidden": 64, "temporal_hidden": 32, "encoder_spatial": 1,
                                  "encoder_temporal": 1, "decoder_spatial": 1, "decoder_temporal": 1, "decoder_residuals": 1, "groups": groups}},
        "transformer": {"network": {"width": 64, "heads": 2, "layers": 1, "hidden": 64}}})
    torch.manual_seed(2)
    world = ProceduralWorld()
    scenes = world.cases("known", 1, 1)
    # The golden text states need not be MiniLM's: what is checked is what the archives make of them.
    write_bundle(config, CViViT(config.tokenizer), MaskedTransformer(config.transformer), world.render(scenes, torch.device("cpu"), 1),
                 scenes.captions[0], HashedWords(), Path(directory), True, ["fish"])


def falsify(groups: int, directory: Path):
    golden = dict(np.load(directory / "golden.npz"))
    golden[f"logits{groups}"] = golden[f"logits{groups}"] + np.float16(4)
    np.savez_compressed(directory / "golden.npz", **golden)
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    entry = next(e for e in manifest["files"] if e["name"] == "golden.npz")
    data = (directory / "golden.npz").read_bytes()
    entry.update(bytes=len(data), sha256=digest(data))
    (directory / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    shutil.copytree(sys.argv[3], sys.argv[4])
    falsify(int(sys.argv[1]), Path(sys.argv[4]))
