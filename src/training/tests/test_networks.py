import dataclasses
import math

import pytest
import torch

from longtake_training.networks import attention
from longtake_training.networks.critic import TokenCritic, critic_loss
from longtake_training.networks.cvivit import CViViT, CViViTConfig
from longtake_training.networks.presets import preset
from longtake_training.networks.quantise import FiniteScalarQuantiser, VectorQuantiser
from longtake_training.networks.sampling import SamplerSettings, guidance_at, masked_after, sample
from longtake_training.networks.transformer import MaskedTransformer, TransformerConfig


def small_tokenizer(**fields):
    shipped, _ = preset("shipped")
    return CViViT(dataclasses.replace(shipped, **{**dict(size=32, stem=[8, 16], width=32, heads=2, spatial_hidden=64, temporal_hidden=32),
                                                  **fields})).eval()


def narrow_paper():
    """The paper's networks with every width divided, the structure kept: patches, layers, one code group, VQ."""
    tokenizer, transformer = preset("paper")
    return (dataclasses.replace(tokenizer, width=64, spatial_hidden=128, temporal_hidden=128, vocabulary=128),
            dataclasses.replace(transformer, width=64, heads=4, hidden=128, layers=2, vocabulary=128, text_width=48))


@pytest.fixture(params=["shipped", "paper"])
def tokenizer(request):
    torch.manual_seed(3)
    if request.param == "paper":
        return CViViT(dataclasses.replace(narrow_paper()[0], size=32)).eval()
    return small_tokenizer()


@torch.no_grad()
def test_codes_never_depend_on_later_frames(tokenizer):
    video = torch.rand(1, 11, 3, 32, 32)
    changed = video.clone()
    changed[:, 5:] = torch.rand(1, 6, 3, 32, 32)
    codes, other = tokenizer.encode(video), tokenizer.encode(changed)
    assert torch.equal(codes[:, :3], other[:, :3])
    assert not torch.equal(codes[:, 3:], other[:, 3:])


@torch.no_grad()
def test_first_frame_is_tokenised_alone(tokenizer):
    video = torch.rand(2, 11, 3, 32, 32)
    assert torch.equal(tokenizer.encode(video)[:, :1], tokenizer.encode(video[:, :1]))


@torch.no_grad()
def test_decoded_frames_never_depend_on_later_codes(tokenizer):
    codes = tokenizer.encode(torch.rand(1, 11, 3, 32, 32))
    whole, start = tokenizer.decode(codes), tokenizer.decode(codes[:, :3])
    assert torch.allclose(whole[:, :5], start, atol=1e-5)


@torch.no_grad()
def test_image_is_a_video_of_one_frame(tokenizer):
    image = torch.rand(1, 1, 3, 32, 32)
    codes = tokenizer.encode(image)
    assert codes.shape[1] == 1
    assert tokenizer.decode(codes).shape == image.shape


def test_paper_preset_has_the_published_sizes():
    tokenizer, transformer = preset("paper")
    assert tokenizer.grid == 16 and tokenizer.positions * tokenizer.latent_frames == 1536
    assert (tokenizer.vocabulary, tokenizer.code_width) == (8192, 32)
    assert (transformer.layers, transformer.width, transformer.heads) == (24, 2048, 32)

    def size(config):
        return sum(p.numel() for p in MaskedTransformer(config).parameters())

    # A layer of full width is measured alone; two dozen of them give the total without holding seven gigabytes.
    one = dataclasses.replace(transformer, layers=1)
    none = dataclasses.replace(transformer, layers=0)
    rest = size(none)
    total = rest + 24 * (size(one) - rest)
    assert 1.4e9 < total < 2.0e9


def test_shipped_preset_fits_sixty_megabytes_of_int8():
    tokenizer, transformer = preset("shipped")
    total = sum(p.numel() for m in (CViViT(tokenizer), MaskedTransformer(transformer)) for p in m.parameters())
    assert total < 58e6


@torch.no_grad()
def test_paper_transformer_runs_at_reduced_width():
    _, config = narrow_paper()
    model = MaskedTransformer(config).eval()
    tokens = torch.randint(0, 129, (1, 1536, 1))
    logits = model(tokens, torch.randn(1, 5, 48), torch.ones(1, 5, dtype=torch.bool), tokens[..., :0])
    assert [tuple(part.shape) for part in logits] == [(1, 1536, 128)]


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_finite_scalar_codes_survive_the_round_trip(groups):
    quantiser = FiniteScalarQuantiser([8, 5, 5, 5], groups)
    every = torch.arange(1000).view(-1, 1).expand(-1, groups)
    values = quantiser.values(every)
    assert values.abs().max() <= 1.0
    digits = torch.round(values.view(-1, groups, 4) * quantiser.steps + quantiser.steps)
    assert torch.equal((digits * quantiser.radix).sum(-1).long(), every)
    z = torch.randn(50, groups * 4) * 2
    straight, codes, _ = quantiser(z)
    assert torch.allclose(straight, quantiser.values(codes), atol=1e-6)
    assert int(codes.min()) >= 0 and int(codes.max()) < 1000


def test_finite_scalar_gradient_passes_straight_through():
    quantiser = FiniteScalarQuantiser([8, 5, 5, 5], 2)
    z = torch.randn(6, 8, requires_grad=True)
    quantiser(z)[0].sum().backward()
    assert (z.grad.abs() > 0).all()


def test_vector_codes_survive_the_round_trip():
    quantiser = VectorQuantiser(64, 8, 2)
    values, codes, loss = quantiser(torch.randn(30, 16))
    assert torch.allclose(values, quantiser.values(codes), atol=1e-6)
    again = quantiser(quantiser.values(codes))[1]
    assert torch.equal(again, codes)
    assert float(loss) > 0
    assert torch.allclose(values.view(30, 2, 8).norm(dim=-1), torch.ones(30, 2), atol=1e-5)


def test_disagreement_is_zero_on_settled_latents_only():
    quantiser = FiniteScalarQuantiser([5, 5], 1)
    values = quantiser.values(torch.tensor([[12], [7]]))
    exact = torch.atanh(values * quantiser.steps / ((quantiser.sizes - 1) * 1.001 / 2))
    assert float(quantiser.disagreement(exact, values).abs().max()) < 1e-6
    assert float(quantiser.disagreement(exact + 1.0, values).max()) > 0.01


@pytest.mark.parametrize("causal,masked", [(False, False), (True, False), (False, True)])
def test_plain_attention_equals_the_fused_kernel(causal, masked):
    torch.manual_seed(5)
    q, k, v = torch.randn(2, 3, 6, 8), torch.randn(2, 3, 6, 8), torch.randn(2, 3, 6, 8)
    mask = None
    if masked:
        mask = torch.rand(2, 1, 1, 6) < 0.6
        mask[..., 0] = True
    expected = torch.zeros_like(v)
    for b in range(2):
        for h in range(3):
            for i in range(6):
                allowed = [j for j in range(6) if (not causal or j <= i) and (mask is None or bool(mask[b, 0, 0, j]))]
                weights = torch.softmax(torch.stack([q[b, h, i] @ k[b, h, j] / math.sqrt(8) for j in allowed]), 0)
                expected[b, h, i] = sum(w * v[b, h, j] for w, j in zip(weights, allowed))
    assert torch.allclose(attention.plain_attend(q, k, v, mask, causal), expected, atol=1e-5)
    assert torch.allclose(attention.attend(q, k, v, mask, causal), expected, atol=1e-5)


def transformer_of(groups=2, **fields):
    torch.manual_seed(4)
    return MaskedTransformer(TransformerConfig(**{**dict(vocabulary=20, groups=groups, positions=4, latent_frames=3, width=32, heads=2, layers=2,
                                                         hidden=64, text_width=24, text_tokens=6, text_heads=2), **fields})).eval()


@torch.no_grad()
def test_unconditional_row_ignores_its_text():
    model = transformer_of()
    tokens = torch.randint(0, 21, (1, 12, 2))
    nothing = torch.zeros(1, 6, dtype=torch.bool)
    one, other = model.trunk(tokens, torch.randn(1, 6, 24), nothing), model.trunk(tokens, torch.randn(1, 6, 24), nothing)
    assert torch.allclose(one, other, atol=1e-6)
    seen = torch.ones(1, 6, dtype=torch.bool)
    assert not torch.allclose(model.trunk(tokens, torch.randn(1, 6, 24), seen), model.trunk(tokens, torch.randn(1, 6, 24), seen), atol=1e-4)


@torch.no_grad()
def test_image_tokens_are_the_first_positions_of_a_video():
    model = transformer_of()
    tokens = torch.randint(0, 20, (2, 4, 2))
    assert model.trunk(tokens, torch.randn(2, 6, 24), torch.ones(2, 6, dtype=torch.bool)).shape == (2, 4, 32)


@torch.no_grad()
def test_each_head_sees_the_codes_before_its_own():
    model = transformer_of(groups=3)
    hidden = torch.randn(2, 5, 32)
    codes = torch.randint(0, 20, (2, 5, 3))
    later = model.later_logits(hidden, codes)
    assert torch.allclose(later[0], model.next_logits(hidden, [codes[..., 0]]), atol=1e-6)
    assert torch.allclose(later[1], model.next_logits(hidden, [codes[..., 0], codes[..., 1]]), atol=1e-6)
    other = codes.clone()
    other[..., 1] = (other[..., 1] + 1) % 20
    changed = model.later_logits(hidden, other)
    assert torch.equal(changed[0], later[0]) and not torch.equal(changed[1], later[1])


@pytest.mark.parametrize("free", [6, 192, 384])
def test_mask_schedule_falls_from_nearly_all_to_nothing(free):
    counts = [masked_after(i, 12, free) for i in range(12)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0 and counts[0] == int(free * math.cos(math.pi / 24))


def test_guidance_ramps_up_to_its_value():
    weights = [guidance_at(i, SamplerSettings(steps=12, guidance=4.0, guidance_ramp=0.5)) for i in range(12)]
    assert weights[0] == pytest.approx(4.0 * (1 / 12 + 0.5))
    assert weights == sorted(weights) and weights[-1] == 4.0


@pytest.mark.parametrize("steps", [1, 5])
def test_sampling_keeps_the_prefix_and_fills_the_rest(steps):
    model = transformer_of(groups=3)
    prefix = torch.randint(0, 20, (2, 4, 3))
    seen = torch.ones(2, 6, dtype=torch.bool)
    text = torch.randn(2, 6, 24)
    codes = sample(model, text, seen, prefix, 12, SamplerSettings(steps=steps), torch.Generator().manual_seed(1))
    assert torch.equal(codes[:, :4], prefix)
    assert int(codes.max()) < 20 and codes.shape == (2, 12, 3)
    again = sample(model, text, seen, prefix, 12, SamplerSettings(steps=steps), torch.Generator().manual_seed(1))
    assert torch.equal(codes, again)


def test_critic_learns_to_tell_drawn_tokens():
    torch.manual_seed(6)
    config = transformer_of().config
    critic = TokenCritic(config, width=32, heads=2, layers=1)
    true = torch.randint(0, 4, (8, 12, 2))
    drawn = torch.randint(10, 20, (8, 12, 2))
    masked = torch.rand(8, 12) < 0.5
    text, seen = torch.zeros(8, 6, 24), torch.ones(8, 6, dtype=torch.bool)
    optimiser = torch.optim.Adam(critic.parameters(), 3e-3)
    losses = []
    for _ in range(40):
        loss = critic_loss(critic, true, drawn, masked, text, seen)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    assert losses[-1] < 0.3 * losses[0]


def test_critic_counts_a_lucky_draw_as_true():
    class Confident(torch.nn.Module):
        def forward(self, tokens, text, mask):
            return torch.full(tokens.shape[:2], -9.0)

    true = torch.randint(0, 4, (1, 6, 2))
    loss = critic_loss(Confident(), true, true.clone(), torch.ones(1, 6, dtype=torch.bool), None, None)
    assert float(loss) < 0.01
