"""What a process reads in as it starts stays until it ends: programs, tables, the index."""

import gc


def settle() -> None:
    """Leaves all that is there now out of every later search for garbage.

    Such a search stops the whole process, and goes through each object there is: with some
    400,000 of them that took a fifth of a second to a whole one, in the middle of a text's way. To
    be called once, when what stays has been read in; nothing of that is in a cycle that ends.
    """
    gc.collect()
    gc.freeze()
