"""`handoff up`: the whole product on one machine, from an empty folder to a text answered.

`preparation` checks and readies what the programs need, `programs` says which they are,
`processes` keeps each of them running, `watchdog` ends them should this process be killed,
`progress` is what a person sees meanwhile. `lifecycle` puts it together.
"""

from api.supervisor.lifecycle import run, up

__all__ = ["run", "up"]
