"""Makes the samples: reads the scripts, speaks them offline, mixes them like body-camera sound, writes media and gold."""
