"""Everything that is measured; `python -m bench` runs it."""
