"""Explanations: why an example answered, why others did not, and what would have made them.

Knows the verdicts of the matcher's own functions, and how to put them into
words. Must not know any rule of matching: none is written here a second time.
"""
