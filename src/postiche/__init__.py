"""Postiche: Postman mock servers on your own machine."""

__version__ = "0.1.0"
