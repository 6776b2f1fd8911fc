"""The pages of the review app and the player; `web` puts the gate before them."""
