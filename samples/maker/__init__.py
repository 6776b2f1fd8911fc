"""Makes the samples: reads scripts, speaks them offline, mixes them like body-camera sound, writes gold."""
