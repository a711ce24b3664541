"""The pure core: every module by itself, and the invariants that hold them together."""
