"""Body-cam transcript review assistant."""
