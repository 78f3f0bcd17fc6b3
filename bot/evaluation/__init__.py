"""Measures the understanding that answers residents against messages that experts have labelled.

`command.evaluate_file` is the door. `messages` reads, `predict` asks, `measures` counts (pure),
`misses` picks what a person should read, `report` writes it down; `running` starts what it needs.
"""
