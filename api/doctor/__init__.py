"""`handoff doctor`: looks at everything that has to be right, and says what to do about the rest.

`finding` is what a check says; `machine`, `stored` and `outside` are the checks; `examine` runs
them. Nothing is changed, and nobody is texted.
"""
