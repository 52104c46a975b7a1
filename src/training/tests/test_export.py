import hashlib
import json
import zipfile

import numpy as np
import pytest
import torch

from longtake_training.export import bundle, vocabulary
from longtake_training.export.archives import DecodeArchive, EncodeArchive, open_archive, transformer_archive, write_archive
from longtake_training.export.quantised import dequantised_copy, quantise, shaped
from longtake_training.networks.cvivit import CViViT
from longtake_training.networks.transformer import MaskedTransformer
from longtake_training.training.config import from_tables
from longtake_training.training.text import HashedWords
from longtake_training.world.world import ProceduralWorld
from toyworld import ToyWorld


def test_int8_error_is_at_most_half_a_step():
    weight = torch.randn(6, 50)
    codes, scale = quantise(weight)
    assert codes.dtype == torch.int8
    assert ((codes.float() * shaped(scale, 2) - weight).abs() <= scale.view(-1, 1) * 0.5001).all()


@torch.no_grad()
@pytest.mark.parametrize("quantizer", ["fsq", "vq"])
def test_tokenizer_archives_compute_what_the_network_computes(tables, tmp_path, quantizer):
    tables["tokenizer"]["network"].update(quantizer=quantizer, vocabulary=64, code_width=8)
    torch.manual_seed(2)
    model = dequantised_copy(CViViT(from_tables(tables).tokenizer).eval())
    write_archive(EncodeArchive(model), tmp_path / "encode.pt")
    write_archive(DecodeArchive(model), tmp_path / "decode.pt")
    encode, decode = open_archive(tmp_path / "encode.pt"), open_archive(tmp_path / "decode.pt")
    for frames in (1, 5, 11):
        video = torch.rand(2, frames, 3, 32, 32)
        codes = model.encode(video)
        assert torch.equal(encode(video), codes)
        assert torch.allclose(decode(codes), model.decode(codes), atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("groups", [1, 2, 3])
def test_transformer_archive_computes_what_the_network_computes(tables, tmp_path, groups):
    tables["tokenizer"]["network"]["groups"] = groups
    torch.manual_seed(2)
    model = dequantised_copy(MaskedTransformer(from_tables(tables).transformer).eval())
    write_archive(transformer_archive(model), tmp_path / "transformer.pt")
    archive = open_archive(tmp_path / "transformer.pt")
    tokens = torch.randint(0, model.mask_id + 1, (2, 96, groups))
    text, seen = torch.randn(2, 32, 384), torch.rand(2, 32) < 0.5
    codes = torch.randint(0, model.vocabulary, (2, 96, max(1, groups - 1)))
    expected = model(tokens, text, seen, codes)
    for mine, true in zip(archive(tokens, text, seen, codes), expected):
        assert torch.allclose(mine, true, atol=1e-4)
    hidden = archive.trunk(tokens, text, seen)[:, 5:9]
    drawn = [codes[:, 5:9, g] for g in range(groups - 1)]
    heads = [archive.head1(hidden)] + ([archive.head2(hidden, drawn[0])] if groups > 1 else []) + \
        ([archive.head3(hidden, drawn[0], drawn[1])] if groups > 2 else [])
    for mine, true in zip(heads, expected):
        assert torch.allclose(mine, true[:, 5:9], atol=1e-4)


@torch.no_grad()
def test_half_precision_inside_keeps_float_at_the_boundary(tables, tmp_path):
    torch.manual_seed(2)
    model = dequantised_copy(CViViT(from_tables(tables).tokenizer).eval())
    write_archive(DecodeArchive(model), tmp_path / "decode.pt")
    codes = model.encode(torch.rand(1, 5, 3, 32, 32))
    video = open_archive(tmp_path / "decode.pt", half=True)(codes)
    assert video.dtype == torch.float32
    assert float((video - model.decode(codes)).abs().mean()) < 0.05


def test_archives_carry_no_source_paths(tables, tmp_path):
    write_archive(DecodeArchive(CViViT(from_tables(tables).tokenizer)), tmp_path / "decode.pt")
    names = zipfile.ZipFile(tmp_path / "decode.pt").namelist()
    assert not any(name.endswith(".debug_pkl") for name in names)
    assert b"site-packages" not in (tmp_path / "decode.pt").read_bytes()


def test_more_than_three_groups_are_refused(tables):
    tables["tokenizer"]["network"]["groups"] = 4
    with pytest.raises(ValueError, match="1 to 3 code groups"):
        transformer_archive(MaskedTransformer(from_tables(tables).transformer))


@pytest.fixture
def written(tables, tmp_path):
    config = from_tables(tables)
    torch.manual_seed(2)
    world = ToyWorld()
    scenes = world.scenes(1, 1)
    directory = tmp_path / "bundle"
    manifest = bundle.write_bundle(config, CViViT(config.tokenizer), MaskedTransformer(config.transformer),
                                   world.render(scenes, torch.device("cpu"), 1), scenes.captions[0], HashedWords(), directory,
                                   words=["blue", "fish"])
    return directory, manifest


def test_manifest_names_every_file_with_its_digest(written):
    directory, manifest = written
    assert manifest == json.loads((directory / "manifest.json").read_text())
    assert {entry["name"] for entry in manifest["files"]} | {"manifest.json"} == {f.name for f in directory.iterdir()}
    for entry in manifest["files"]:
        data = (directory / entry["name"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest() and entry["bytes"] == len(data) and entry["parts"] == 1
    assert manifest["codes"] == {"groups": 2, "vocabulary": 200, "mask_id": 200, "rows": 4, "columns": 4, "quantizer": "fsq",
                                 "levels": [8, 5, 5]}
    assert manifest["video"] == {"width": 32, "height": 32, "fps": 8, "window_frames": 11, "prefix_frames": 5}


def test_the_words_it_was_taught_are_in_the_bundle(written):
    directory, _ = written
    assert (directory / "vocabulary.txt").read_text(encoding="utf-8") == "blue\nfish\n"


def test_no_caption_has_a_word_that_the_list_lacks(monkeypatch):
    monkeypatch.setattr(vocabulary, "CAPTIONS", 30_000)
    world = ProceduralWorld()
    words = set(vocabulary.world_words(world))
    assert {"lion", "leão", "löwe", "roter", "façade"} <= words
    assert not words & {"horse", "desert", ""}
    assert set(vocabulary.caption_words(world.scenes(2_000, 5).captions)) <= words


@torch.no_grad()
def test_golden_vectors_hold_on_the_archives(written):
    directory, manifest = written
    golden = {name: torch.from_numpy(array) for name, array in np.load(directory / "golden.npz").items()}
    assert (directory / "golden.npz").stat().st_size < 1_000_000
    video = golden["video_u8"].float() / 255
    encode, decode, transform = [open_archive(directory / name) for name in bundle.ARCHIVES]
    assert int((encode(video) != golden["codes11"]).sum()) <= manifest["golden"]["code_mismatches"]
    assert torch.equal(encode(video[:, 6:]), golden["codes5"])
    pixels = (decode(golden["codes11"]).clamp(0, 1) - golden["pixels11_u8"].float() / 255).abs().max()
    assert float(pixels) <= manifest["golden"]["pixel_tolerance"]
    logits = transform(golden["tokens"], golden["text"].float(), golden["text_mask"], golden["drawn"])
    for group, part in enumerate(logits):
        difference = (part[:, golden["positions"]] - golden[f"logits{group + 1}"].float()).abs().max()
        assert float(difference) <= manifest["golden"]["logit_tolerance"]
    assert torch.equal(golden["first"], golden["drawn"][..., 0])
    assert not golden["text_mask"][1].any() and golden["text_mask"][0].any()


def test_large_files_are_split_into_numbered_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "PART_BYTES", 1000)
    file = tmp_path / "encode.pt"
    file.write_bytes(bytes(range(250)) * 10)
    assert bundle.part_count(file) == 3
    bundle.split(file)
    assert not file.exists()
    assert b"".join((tmp_path / f"encode.pt.part{i}").read_bytes() for i in range(3)) == bytes(range(250)) * 10
