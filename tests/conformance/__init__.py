"""Behaviour as data: one corpus of cases, run against the core, the ASGI app and a server."""
