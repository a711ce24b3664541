"""The pure parts of `bench/`: work, files, parsing, statistics, tables, charts."""
