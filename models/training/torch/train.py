#!/usr/bin/env python3
"""Trains a network of Unfog in PyTorch: the twin of ScoreTrainer for machines where PyTorch computes in bfloat16 or on a GPU.

    train.py NET.onnx --minutes M [options] -- java ... dev.unfog.training.PictureTraining DIR --stream 0
    train.py NET.onnx --minutes M [options] -- java ... dev.unfog.training.speech.TrainSpeech ... --stream 0

The network, its initial weights and the examples are the Java module's: the command after "--" writes NET.onnx where it is
missing and then batches to its standard output, each a line of JSON (name, count, shapes) and its inputs, target and weights
as little-endian float32. The number after --stream says which batch a new run begins with; a resumed one goes on from there.
Batches with a name come first and are for validation. What is learned goes back into NET.onnx, which
ONNX Runtime and the Java trainer read as before: the graph is not touched, only its weights are.

Weighted squared error; an exponential moving average of the weights is what is saved; the learning rate falls along half a
cosine by time. Matrices of convolutions move along orthogonalised momentum (Muon: Jordan et al. 2024,
https://kellerjordan.github.io/posts/muon/), everything else by Adam; --optimizer adam moves all by Adam.

Needs Python 3.9, PyTorch 1.13 or later and the package onnx. Checkpoints are written beside NET.onnx (NET.onnx.state).
"""

import argparse
import json
import math
import os
import queue
import subprocess
import sys
import threading
import time

import numpy
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F


class Arranged(torch.autograd.Function):
    """Channels last, there and back: adding or rectifying values of two layouts costs as much as a convolution."""

    @staticmethod
    def forward(context, x):
        return x.contiguous(memory_format=torch.channels_last)

    @staticmethod
    def backward(context, gradient):
        return gradient.contiguous(memory_format=torch.channels_last)


class Network(torch.nn.Module):
    """The operators of the Java module's graphs, on PyTorch; weights are the float initialisers that have an axis."""

    def __init__(self, file):
        super().__init__()
        self.model = onnx.load(file)
        graph = self.model.graph
        self.inputs = [value.name for value in graph.input]
        self.sizes = [[d.dim_value for d in value.type.tensor_type.shape.dim] for value in graph.input]
        self.output = graph.output[0].name
        self.nodes = [
            (node.op_type, list(node.input), node.output[0],
             {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute})
            for node in graph.node
        ]
        self.constants = {}
        self.weights = torch.nn.ParameterDict()
        for initialiser in graph.initializer:
            value = torch.from_numpy(onnx.numpy_helper.to_array(initialiser).copy())
            if value.dtype == torch.float32 and value.dim() > 0:
                if value.dim() == 4:
                    value = value.contiguous(memory_format=torch.channels_last)
                self.weights[initialiser.name.replace(".", "/")] = torch.nn.Parameter(value)
            else:
                self.constants[initialiser.name] = value

    def forward(self, inputs, weights=None):
        values = dict(self.constants)
        for name, weight in (weights or self.weights).items():
            values[name.replace("/", ".")] = weight
        for name, sizes, value in zip(self.inputs, self.sizes, inputs):
            # The Java module draws spectrograms as [N, 2, F, T]; the graph takes them as [N, 2 F, T].
            values[name] = value if value.dim() == len(sizes) else value.flatten(1, 1 + value.dim() - len(sizes))
        for operator, names, output, attributes in self.nodes:
            values[output] = getattr(self, operator)(*[values[name] for name in names], **attributes)
        return values[self.output]

    @staticmethod
    def Conv(x, weight, bias=None, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), kernel_shape=None):
        return F.conv2d(Arranged.apply(x), weight, bias, tuple(strides), tuple(pads[:2]), tuple(dilations))

    @staticmethod
    def ConvTranspose(x, weight, strides, kernel_shape=None):
        side = strides[0]
        matrix = weight.permute(1, 2, 3, 0).reshape(-1, weight.shape[0], 1, 1)
        return F.pixel_shuffle(F.conv2d(x, matrix), side)

    @staticmethod
    def SpaceToDepth(x, blocksize):
        n, c, h, w = x.shape
        x = x.reshape(n, c, h // blocksize, blocksize, w // blocksize, blocksize)
        return x.permute(0, 3, 5, 1, 2, 4).reshape(n, -1, h // blocksize, w // blocksize)

    @staticmethod
    def DepthToSpace(x, blocksize, mode):
        n, c, h, w = x.shape
        x = x.reshape(n, blocksize, blocksize, -1, h, w)
        return x.permute(0, 3, 4, 1, 5, 2).reshape(n, -1, h * blocksize, w * blocksize)

    @staticmethod
    def Reshape(x, shape):
        sizes = [x.shape[i] if size == 0 else int(size) for i, size in enumerate(shape)]
        if x.dim() == 4:
            x = Arranged.apply(x)
        x = x.reshape(sizes)
        return Arranged.apply(x) if x.dim() == 4 else x

    @staticmethod
    def Slice(x, starts, ends, axes=None, steps=None):
        index = [slice(None)] * x.dim()
        for i, (start, end) in enumerate(zip(starts, ends)):
            index[int(axes[i]) if axes is not None else i] = slice(int(start), int(end))
        return x[tuple(index)]

    Add = staticmethod(lambda a, b: a + b)
    Sub = staticmethod(lambda a, b: a - b)
    Mul = staticmethod(lambda a, b: a * b)
    Div = staticmethod(lambda a, b: a / b)
    Sqrt = staticmethod(torch.sqrt)
    Exp = staticmethod(torch.exp)
    Relu = staticmethod(F.relu)
    Identity = staticmethod(lambda x: x)
    Shape = staticmethod(lambda x: torch.tensor(x.shape))
    Expand = staticmethod(lambda x, shape: x.expand([int(size) for size in shape]))
    Transpose = staticmethod(lambda x, perm: x.permute(*perm))
    Concat = staticmethod(lambda *values, axis: torch.cat(values, axis))
    ReduceMean = staticmethod(lambda x, axes, keepdims=1: x.float().mean(axes, keepdim=bool(keepdims)))

    def save(self, file, weights, samples):
        for initialiser in self.model.graph.initializer:
            name = initialiser.name.replace(".", "/")
            if name in weights:
                array = weights[name].detach().cpu().contiguous().numpy().astype(numpy.float32)
                initialiser.CopyFrom(onnx.numpy_helper.from_array(numpy.ascontiguousarray(array), initialiser.name))
        for entry in self.model.metadata_props:
            if entry.key == "unfog.card":
                card = json.loads(entry.value)
                card["trainingSamples"] = samples
                entry.value = json.dumps(card, indent=2)
        with open(file + ".part", "wb") as out:
            out.write(self.model.SerializeToString())
        os.replace(file + ".part", file)


class Examples:
    """Batches read ahead from the command that draws them."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.queue = queue.Queue(4)
        self.first = self.read()  # the network's file is there once a batch is
        threading.Thread(target=self.fill, daemon=True).start()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the examples ended: see what their command wrote")
        header = json.loads(line)
        arrays = []
        for shape in header["inputs"] + [header["target"], header["target"]]:
            shape = [header["count"]] + shape
            data = bytearray(4 * int(numpy.prod(shape)))
            view, filled = memoryview(data), 0
            while filled < len(data):
                count = self.process.stdout.readinto(view[filled:])
                if not count:
                    raise SystemExit("the examples ended in the middle of a batch")
                filled += count
            arrays.append(torch.from_numpy(numpy.frombuffer(data, "<f4").reshape(shape)))
        return header["name"], arrays[:-2], arrays[-2], arrays[-1]

    def fill(self):
        while True:
            self.queue.put(self.read())

    def next(self):
        if self.first is not None:
            batch, self.first = self.first, None
            return batch
        return self.queue.get()


def orthogonalised(matrix):
    """The nearest matrix with orthonormal rows or columns, about: five steps of a quintic Newton-Schulz iteration."""
    x = matrix / (matrix.norm() + 1e-7)
    is_tall = x.shape[0] > x.shape[1]
    if is_tall:
        x = x.T
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.T if is_tall else x


class Optimizer:
    """Muon for the matrices within the network, Adam for what enters it, leaves it, or is no matrix."""

    def __init__(self, weights, options):
        self.weights, self.options = weights, options
        self.state = {name: {"m": torch.zeros_like(w), "v": torch.zeros_like(w)} for name, w in weights.items()}
        outer = [n for n in weights if n in ("head", "tail")]
        self.matrices = {
            n for n, w in weights.items()
            if options.optimizer == "muon" and w.dim() > 1 and min(w.shape[0], w[0].numel()) > 8 and n not in outer
        }

    @torch.no_grad()
    def step(self, number, share, scale):
        for name, weight in self.weights.items():
            state, gradient = self.state[name], weight.grad * scale
            if name in self.matrices:
                m = state["m"].mul_(0.95).add_(gradient)
                direction = gradient + 0.95 * m
                matrix = direction.reshape(direction.shape[0], -1)
                move = orthogonalised(matrix).reshape(direction.shape)
                # An update of this root mean square, so that one rate suits all shapes.
                move = move * math.sqrt(max(matrix.shape)) * 0.2
                rate = self.options.muon_rate * share
                weight.mul_(1 - rate * self.options.decay).sub_(move, alpha=rate)
            else:
                m = state["m"].mul_(0.9).add_(gradient, alpha=0.1)
                v = state["v"].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
                corrected = (v / (1 - 0.999**number)).sqrt_().add_(1e-8)
                weight.addcdiv_(m, corrected, value=-self.options.rate * share / (1 - 0.9**number))
            weight.grad = None


def validate(network, weights, batches):
    """Mean peak signal-to-noise ratio (range 1), and weighted error, of each named batch."""
    text = []
    with torch.no_grad():
        for name, inputs, target, weight in batches:
            answer = network(inputs, weights).float().reshape(target.shape)
            error = (answer - target) ** 2
            clipped = (answer.clamp(0, 1) - target) ** 2
            psnr = (-10 * torch.log10(clipped.flatten(1).mean(1) + 1e-12)).mean()
            text.append("%s: %.3f dB, %.5f" % (name, psnr, (error * weight).mean()))
    return "; ".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("--minutes", type=float, required=True, help="of the whole run, resumed ones included")
    parser.add_argument("--optimizer", choices=("muon", "adam"), default="muon")
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate of Adam")
    parser.add_argument("--muon-rate", type=float, default=2e-3, help="learning rate of Muon")
    parser.add_argument("--decay", type=float, default=0.1, help="decoupled weight decay of Muon, times its rate")
    parser.add_argument("--warmup", type=int, default=200, help="steps")
    parser.add_argument("--average", type=float, default=0.999, help="decay of the moving average of the weights")
    parser.add_argument("--clip", type=float, default=1.0, help="longest gradient followed at its full length")
    parser.add_argument("--every", type=float, default=300, help="seconds between checkpoints")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--full-precision", action="store_true", help="float32 throughout, not bfloat16 convolutions")
    parser.add_argument("examples", nargs="+", help="the command that draws examples, after --")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)

    state_file = options.network + ".state"
    state = torch.load(state_file) if os.path.exists(state_file) else None
    step = state["step"] if state else 0
    command = list(options.examples)
    if "--stream" in command:
        place = command.index("--stream") + 1
        command[place] = str(int(command[place]) + step)
    examples = Examples(command)
    network = Network(options.network).to(options.device)
    network.constants = {name: value.to(options.device) for name, value in network.constants.items()}
    weights = dict(network.weights.items())
    average = {name: weight.detach().clone() for name, weight in weights.items()}
    optimizer = Optimizer(weights, options)
    elapsed, samples = 0.0, 0
    if state:
        with torch.no_grad():
            for name, weight in weights.items():
                weight.copy_(state["weights"][name])
        average, optimizer.state = state["average"], state["moments"]
        elapsed, samples = state["elapsed"], state["samples"]

    def on_device(batch):
        name, inputs, target, weight = batch
        return name, [i.to(options.device) for i in inputs], target.to(options.device), weight.to(options.device)

    validation = []
    batch = on_device(examples.next())
    while batch[0]:
        validation.append(batch)
        batch = on_device(examples.next())
    print("%d weights, begins at step %d: %s" % (
        sum(w.numel() for w in weights.values()), step, validate(network, average, validation)), flush=True)
    began, reported, saved = time.time() - elapsed, time.time(), time.time()
    losses, since = 0.0, 0
    while True:
        elapsed = time.time() - began
        done = min(1.0, elapsed / (60 * options.minutes))
        if done >= 1 or time.time() - saved > options.every:
            saved = time.time()
            torch.save({"step": step, "weights": weights, "average": average, "moments": optimizer.state,
                        "elapsed": elapsed, "samples": samples}, state_file + ".part")
            os.replace(state_file + ".part", state_file)
            network.save(options.network, average, samples)
            print("step %d, %d samples: %s" % (step, samples, validate(network, average, validation)), flush=True)
            if done >= 1:
                break
        _, inputs, target, weight = batch
        with torch.autocast(options.device.split(":")[0], torch.bfloat16, enabled=not options.full_precision):
            answer = network(inputs)
        loss = (weight * (answer.float().reshape(target.shape) - target) ** 2).mean()
        loss.backward()
        norm = math.sqrt(sum(float((w.grad.float() ** 2).sum()) for w in weights.values()))
        batch = on_device(examples.next())
        if not math.isfinite(norm):
            for w in weights.values():
                w.grad = None
            continue
        step += 1
        samples += target.shape[0]
        share = 0.5 * (1 + math.cos(math.pi * done)) * min(1.0, step / options.warmup)
        optimizer.step(step, share, min(1.0, options.clip / max(norm, 1e-12)))
        decay = min(options.average, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, w in weights.items():
                average[name].lerp_(w, 1 - decay)
        losses, since = losses + float(loss), since + 1
        if time.time() - reported > 20:
            seconds = time.time() - reported
            print("step %d, loss %.5f, norm %.3f, %.1f samples/s, %.1f %% done" % (
                step, losses / since, norm, since * target.shape[0] / seconds, 100 * done), flush=True)
            reported, losses, since = time.time(), 0.0, 0
    examples.process.kill()


if __name__ == "__main__":
    main()
