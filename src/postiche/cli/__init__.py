"""The command line: what is typed, and what is printed.

Knows commands and terminals. Must not know how a server is put together.
"""
