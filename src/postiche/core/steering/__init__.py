"""What a mock or an example asks of a call: controls, routes, state, delays, limits, faults.

Knows the forms in which each is written and what each decides. Must not know
how a decision is carried out on a connection, or where state is kept.
"""
