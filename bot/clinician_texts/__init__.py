"""What clinicians text from their registered numbers: looking up, visits, referrals, pages.

`read` reads a command (pure), `turns` decides what it calls for (pure), `deeds` is what happens.
Nothing is logged or referred on a guess: what can't be read is asked for, with an example.
"""
