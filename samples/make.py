"""Makes the sample encounters: `python samples/make.py` writes every media file and its gold file beside this script.

With `--condition` it makes harder copies of samples that are there, into `--out`; that needs no voices:

    python samples/make.py arrest --condition wind --snr 5 --out /tmp/harder

To speak: `pip install -r samples/requirements.txt` in an environment of its own (Python 3.11+), and from Debian
or Ubuntu `apt-get install flite espeak-ng sox`. The product needs none of these. Nothing is downloaded while it runs.
"""

from __future__ import annotations

import argparse
import sys
import wave
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # so that the maker beside this script is found from any folder

from maker import conditions, gold, media, mix, script, sound  # noqa: E402
from maker.harder import harder  # noqa: E402
from maker.voices import RATE, Sound, Studio  # noqa: E402

SEED = 1


def main() -> int:
    """Make the named samples, or all of them; exit code 1 when a mark of structure is not borne out by the sound."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.condition:
        return _harder(options)
    unfair: list[str] = []
    for path in sorted((HERE / "scripts").glob("*.toml")):
        if not options.names or path.stem in options.names:
            unfair += make(script.read(path), options)
    for sentence in unfair:
        print(sentence, file=sys.stderr)
    return 1 if unfair else 0


def make(written: script.Script, options: argparse.Namespace) -> list[str]:
    """Speak, mix, encode and write one sample; what its gold claims wrongly comes back."""
    mixed = mix.mixed(written, Studio(options.seed, cache=options.cache), seed=options.seed)
    file = options.out / written.media
    media.write(file, written, mixed.track)
    values = gold.gold(written, mixed, file, seed=options.seed)
    (options.out / f"{written.name}.gold.json").write_text(gold.text_of(values), encoding="utf-8")
    if options.clean:
        options.clean.mkdir(parents=True, exist_ok=True)
        _save(options.clean / f"{written.name}.wav", sound.limited(mixed.speech))
    peak = 20 * np.log10(np.abs(mixed.track).max())
    print(
        f"{written.name}: {values['seconds']:.1f} s, {file.stat().st_size:,} bytes, "
        f"SNR {mixed.snr:.1f} dB, peak {peak:.1f} dBFS"
    )
    return gold.unfair(written, mixed)


def _harder(options: argparse.Namespace) -> int:
    wanted = conditions.CONDITIONS[options.condition]
    if options.snr is not None:
        wanted = conditions.at(wanted, snr=options.snr)
    for path in sorted(HERE.glob("*.gold.json")):
        if not options.names or path.name.removesuffix(".gold.json") in options.names:
            print(harder(path, wanted, seed=options.seed, out=options.out, clean=options.speech))
    return 0


def _save(path: Path, track: Sound) -> None:
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes((track * 32767).astype("<i2").tobytes())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="samples to make; all of them when none is named")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for media and gold")
    parser.add_argument("--seed", type=int, default=SEED, help="fixes every random draw")
    parser.add_argument("--clean", type=Path, help="also write the speech without noise to this folder, for measuring")
    parser.add_argument("--cache", type=Path, help="an existing folder that keeps spoken lines from run to run")
    parser.add_argument("--condition", choices=sorted(conditions.CONDITIONS), help="write harder copies into --out")
    parser.add_argument("--snr", type=float, help="dB of speech over the noise that the condition adds")
    parser.add_argument("--speech", type=Path, help="a folder that --clean wrote, to add noise to clean speech instead")
    options = parser.parse_args()
    if options.condition and options.out == HERE:
        parser.error("--condition needs --out: harder copies do not belong among the samples")
    if options.snr is not None and (not options.condition or not conditions.CONDITIONS[options.condition].noise):
        parser.error("--snr needs a --condition that adds noise")
    return options


if __name__ == "__main__":
    sys.exit(main())
