"""Collections run by the real Newman against a real server."""
