"""What `benchmarks.speech peers` runs in another Python, WHISPERX_PYTHON, whose packages do not fit beside ours.

`python whisperx_peer.py MODEL TRACK.npy…` prints the seconds taken, the peak memory in MB and the text of each track as
JSON. Only recognition: whisperX's word times need a model that is fetched from a hub.
"""

import json
import resource
import sys
import time

import numpy as np
import whisperx

model = whisperx.load_model(
    sys.argv[1], "cpu", compute_type="int8", language="en", vad_method="pyannote", asr_options={"beam_size": 5}
)
tracks = [np.load(path) for path in sys.argv[2:]]
model.transcribe(tracks[0][:80_000], batch_size=8)
began = time.perf_counter()
texts = [" ".join(part["text"] for part in model.transcribe(track, batch_size=8)["segments"]) for track in tracks]
took = time.perf_counter() - began
print(json.dumps({"took": took, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, "texts": texts}))
