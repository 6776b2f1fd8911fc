"""Which files a speech model's name stands for: bundled ones, a folder, the model hub's cache here, or the hub."""

from __future__ import annotations

from pathlib import Path

from faster_whisper.utils import download_model
from huggingface_hub.errors import HfHubHTTPError

from review import weights
from review.errors import MissingModel, WrongUse
from review.weights import ModelFiles


def speech_model(name: str, *, offline: bool) -> ModelFiles:
    """The CTranslate2 model of this name; with `offline` the hub is never asked.

    Raises WrongUse for a name that there is not, MissingModel for a model that cannot be had here, and AlteredModel.
    """
    return weights.speech_model(name) or ModelFiles("speech", name, "", _from_hub(name, offline=offline), "")


def _from_hub(name: str, *, offline: bool) -> Path:
    try:
        return Path(download_model(name, local_files_only=True))
    except ValueError as error:
        raise WrongUse(f"there is no speech model {name!r}: give base, another Whisper size, or a folder") from error
    except OSError as error:
        if offline:
            away = "is not on this machine: run once without --offline, or take 'base', which is bundled"
            raise MissingModel(f"the speech model {name!r} {away}") from error
    try:
        return Path(download_model(name))
    except (OSError, HfHubHTTPError) as error:
        away = "is not on this machine and could not be fetched from the model hub; 'base' is bundled"
        raise MissingModel(f"the speech model {name!r} {away}") from error
