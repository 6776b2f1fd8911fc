"""Recordings by how noisy they are, so that a quiet room does not hide what is lost in the street."""

from __future__ import annotations

BANDS = ((20.0, "20 dB and more"), (10.0, "10 to 20 dB"), (float("-inf"), "under 10 dB"))  # lowest ratio, name
UNKNOWN = "noise unknown"
NOISE_BANDS = (*(name for _, name in BANDS), UNKNOWN)  # the quietest recordings first


def noise_band(snr_db: float | None) -> str:
    """The band in which this ratio of speech to noise lies; None, where the gold does not tell it, has its own.

    >>> noise_band(20.0), noise_band(19.9), noise_band(None)
    ('20 dB and more', '10 to 20 dB', 'noise unknown')
    """
    return UNKNOWN if snr_db is None else next(name for lowest, name in BANDS if snr_db >= lowest)
