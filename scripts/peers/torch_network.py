# SPDX-License-Identifier: MIT
"""The study's networks in PyTorch: architecture strings as torch.nn.Sequential, the training
loop in the project's order of random draws, and safetensors files written and read by hand
(the format is eight bytes, a JSON header and raw floats, so no package is needed).

Works with PyTorch 1.13 (Debian's python3-torch) and later. Used by torch_fixtures.py and
conformance_training.py; it runs nothing by itself.
"""
import json
import struct

import numpy
import torch
from torch.nn.utils import prune

INDEX_ARCHITECTURE = "conv:64:3,relu,conv:128:3,relu,flatten,dense:2400,relu,dense:1364,relu,dense:1"


# ---- networks ----------------------------------------------------------------------------


def sequential(architecture, channels, length):
    """conv:C_OUT:K, relu, maxpool:K, flatten, dense:N; parameters are drawn layer by layer."""
    layers = []
    for word in architecture.split(","):
        name, *numbers = word.split(":")
        numbers = [int(n) for n in numbers]
        if name == "conv":
            c_out, kernel = numbers
            layers.append(torch.nn.Conv1d(channels, c_out, kernel, padding=kernel // 2))
            channels = c_out
        elif name == "relu":
            layers.append(torch.nn.ReLU())
        elif name == "maxpool":
            layers.append(torch.nn.MaxPool1d(numbers[0]))
            length //= numbers[0]
        elif name == "flatten":
            layers.append(torch.nn.Flatten())
            channels, length = channels * length, 1
        elif name == "dense":
            layers.append(torch.nn.Linear(channels, numbers[0]))
            channels = numbers[0]
        else:
            raise ValueError(f"layer {word!r}: expected conv, relu, maxpool, flatten or dense")
    return torch.nn.Sequential(*layers)


def tensors(model):
    """name -> float32 array. A masked layer's `weight` is as old as its last forward pass, so
    it is made anew from weight_orig and weight_mask."""
    found = {}
    for i, layer in enumerate(model):
        if not hasattr(layer, "weight"):
            continue
        weight = layer.weight_orig * layer.weight_mask if hasattr(layer, "weight_orig") else layer.weight
        found[f"{i}.weight"] = weight.detach().numpy().copy()
        found[f"{i}.bias"] = layer.bias.detach().numpy().copy()
    return found


def load(model, arrays):
    """Strict: every tensor, of its shape, and no other."""
    model.load_state_dict({name: torch.from_numpy(a.copy()) for name, a in arrays.items()}, strict=True)


# ---- training ----------------------------------------------------------------------------


def optimizer_of(model, name, learning_rate, momentum=0.0, weight_decay=0.0):
    if name == "adam":
        return torch.optim.Adam(model.parameters(), lr=learning_rate, weight_decay=weight_decay)
    return torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=momentum, weight_decay=weight_decay)


def prune_globally(model, fraction):
    """Global L1 over all conv and dense weights. The Parameters stay the same objects, so
    the optimiser keeps its state."""
    layers = [(layer, "weight") for layer in model if hasattr(layer, "weight")]
    prune.global_unstructured(layers, pruning_method=prune.L1Unstructured, amount=fraction)


def train(model, optimizer, x, y, epochs, batch_size, shuffle=True, fraction=0.0, prune_after=0,
          after_epoch=None, max_steps=None):
    """Returns the loss of every step. x: (n, channels, length), y: (n). Draws one permutation
    per epoch; the last short batch is kept."""
    x, y, losses = torch.from_numpy(x), torch.from_numpy(y), []
    for epoch in range(1, epochs + 1):
        order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
        for batch in order.split(batch_size):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x[batch])[:, 0], y[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if max_steps is not None and len(losses) == max_steps:
                return losses
        if after_epoch is not None:
            after_epoch(epoch, losses)
        if fraction > 0 and epoch == prune_after:
            prune_globally(model, fraction)
    return losses


def forecast(model, x):
    with torch.no_grad():
        return model(torch.from_numpy(x))[:, 0].numpy()


# ---- safetensors -------------------------------------------------------------------------


def write_safetensors(path, arrays, metadata=None):
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, a in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(a.shape), "data_offsets": [offset, offset + a.nbytes]}
        offset += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for a in arrays.values():
            f.write(numpy.ascontiguousarray(a, "<f4").tobytes())


def read_safetensors(path):
    """(arrays, metadata)"""
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, t in header.items():
        begin, end = t["data_offsets"]
        assert t["dtype"] == "F32"
        arrays[name] = numpy.frombuffer(data[begin:end], "<f4").reshape(t["shape"]).copy()
    return arrays, metadata
