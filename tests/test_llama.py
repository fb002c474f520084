"""The model in torch: against Hugging Face's, after a beginning read before, sparing memory."""

import pytest
import torch
from tiny_llama import SHAPE, tiny
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from reelwright.tuning.llama import Llama

TOKENS = torch.tensor([[5, 17, 200, 3, 99, 4, 31], [8, 8, 41, 77, 250, 1, 2]])


def unturned(weight: Tensor, heads: int) -> Tensor:
    """Rows of a head as Hugging Face has them: first of all pairs, then second of all pairs."""
    return weight.view(heads, -1, 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape)


def hugging_face(model: Llama) -> LlamaForCausalLM:
    """The slow twin: the same weights in a library's model."""
    shape = model.shape
    twin = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=shape.words,
            hidden_size=shape.width,
            intermediate_size=shape.inner,
            num_hidden_layers=shape.blocks,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.key_heads,
            rms_norm_eps=shape.epsilon,
            rope_parameters={"rope_type": "default", "rope_theta": shape.rope_base},
            tie_word_embeddings=True,
        )
    ).eval()
    names = {
        "attn_norm": "input_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_norm": "post_attention_layernorm",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
    weights = {
        "model.embed_tokens.weight": model.token_embd.weight,
        "lm_head.weight": model.token_embd.weight,
        "model.norm.weight": model.output_norm.weight,
    }
    for place, block in enumerate(model.blk):
        for name, theirs in names.items():
            weight: Tensor = block.get_parameter(f"{name}.weight")
            if name in ("attn_q", "attn_k"):
                weight = unturned(weight, shape.heads if name == "attn_q" else shape.key_heads)
            weights[f"model.layers.{place}.{theirs}.weight"] = weight
    twin.load_state_dict(weights)
    return twin


def test_it_says_what_hugging_faces_model_says() -> None:
    model = tiny()
    with torch.no_grad():
        theirs = hugging_face(model)(TOKENS).logits
    assert torch.allclose(model.logits(model(TOKENS)), theirs, atol=1e-4)
    assert theirs.std() > 1  # there is something to differ in


@pytest.mark.parametrize("length", [1, 4, 6])
def test_a_beginning_that_was_read_before_changes_nothing(length: int) -> None:
    model = tiny()
    beginning, rest = TOKENS[:1, :length].expand(2, -1), TOKENS[:, length:]
    whole = model(torch.cat((beginning, rest), 1))[:, length:]
    assert torch.allclose(model(rest, model.read(beginning[0].tolist())), whole, atol=1e-5)


def test_written_word_by_word_it_is_what_was_read_at_once() -> None:
    model, before, states = tiny(), tiny().nothing(), []
    for token in TOKENS[0]:
        state, before = model.further(model.token_embd(token.view(1, 1)), before)
        states.append(state[0, 0])
    assert torch.allclose(torch.stack(states), model(TOKENS[:1])[0], atol=1e-5)


def test_what_fills_a_row_up_changes_nothing_before_it() -> None:
    model = tiny()
    filled = torch.cat((TOKENS[:, :4], torch.zeros(2, 3, dtype=torch.long)), 1)
    assert torch.allclose(model(filled)[:, :4], model(TOKENS[:, :4]), atol=1e-5)


def test_the_order_of_rows_changes_nothing() -> None:
    model = tiny()
    assert torch.allclose(model(TOKENS.flip(0)).flip(0), model(TOKENS), atol=1e-5)


def test_sparing_memory_gives_the_same_gradient() -> None:
    found = []
    for sparing in (False, True):
        model = tiny().requires_grad_(True)
        model(TOKENS[:, 2:], model.read([5, 6]), sparing=sparing).square().sum().backward()
        found.append([weight.grad for weight in model.parameters()])
    for plain, spared in zip(*found, strict=True):
        assert plain is not None
        assert spared is not None
        assert torch.allclose(plain, spared, rtol=1e-4, atol=1e-4)
        assert plain.abs().max() > 0


def test_more_tokens_than_the_model_was_made_for_are_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="too many"):
        tiny()(torch.zeros(1, SHAPE.context + 1, dtype=torch.long))
