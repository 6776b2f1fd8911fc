"""Sound with known voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from review import media
from review.sound import SAMPLE_RATE, Samples

SAMPLE = Path(__file__).parents[2] / "samples" / "calm_traffic_stop.m4a"


@pytest.fixture(scope="session")
def talk() -> Samples:
    """24 s of a calm traffic stop: the officer to the radio, its answer, then the officer and the driver."""
    return media.samples(SAMPLE)[: 24 * SAMPLE_RATE]


@pytest.fixture(scope="session")
def silence() -> Samples:
    return np.zeros(12 * SAMPLE_RATE, np.float32)
