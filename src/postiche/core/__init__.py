"""The pure core: matching, rendering and explaining.

Knows collections, plans and requests. Must not know I/O, clocks, randomness,
logging, HTTP servers or databases; what varies is handed in.
"""
