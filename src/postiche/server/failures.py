"""What stops a command: errors whose message is meant for the person who typed it.

Knows exit codes. Must not know what failed, and imports nothing, so that
whoever raises or shows one loads nothing else.
"""


class Failure(Exception):  # noqa: N818 - the family's name; its members end in Error
    """The command cannot go on; the message says where, why and what to do."""

    exit_code = 1


class UsageFailure(Failure):
    """The command was asked for something that cannot be: a flag or variable is wrong."""

    exit_code = 2
