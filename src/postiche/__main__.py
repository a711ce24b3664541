"""`python -m postiche`: the command line. Knows where it begins. Must not know anything else."""

from postiche.cli.entry import main

if __name__ == "__main__":
    main()
