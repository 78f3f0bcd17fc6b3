"""What is there when a process settles is not looked through again."""

import gc

from directory.settled import settle


def test_only_what_comes_later_is_looked_through_for_garbage() -> None:
    before = {"read in": ["at the start"]}
    settle()
    after = {"read in": ["for one text"]}
    looked_through = gc.get_objects()
    assert not any(each is before for each in looked_through)
    assert any(each is after for each in looked_through)
