"""Passing calls on to a real service, and making examples of what passes.

Knows which calls may go where, what may be saved, and what must not. Must not
know connections: bytes come in and go out as values.
"""
