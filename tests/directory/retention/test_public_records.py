"""Small counts in what the public gets: none is shown, and none can be worked out."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from directory.retention.public_records import WITHHELD, in_company

KINDS = st.tuples(st.sampled_from(["2026-01", "2026-02"]), st.sampled_from("abcde"))


@given(st.dictionaries(KINDS, st.integers(1, 40)), st.integers(1, 15))
def test_no_count_that_is_shown_is_small(
    given_counts: dict[tuple[str, str], int], threshold: int
) -> None:
    counted = Counter(given_counts)
    shown, left_out = in_company(counted, threshold=threshold)
    assert all(count >= threshold for count in shown.values())
    for month in ("2026-01", "2026-02"):
        whole = sum(count for key, count in counted.items() if key[0] == month)
        told = sum(count for key, count in shown.items() if key[0] == month)
        # Either the whole month adds up, or nothing of what is missing can be told from it.
        assert told in (whole, 0) or whole - told < threshold
    assert left_out == sum(
        sum(c for k, c in counted.items() if k[0] == month)
        > sum(c for k, c in shown.items() if k[0] == month)
        for month in ("2026-01", "2026-02")
    )


def test_a_small_kind_is_never_alone_in_what_is_withheld() -> None:
    counted = Counter({("2026-03", "a"): 50, ("2026-03", "b"): 3, ("2026-03", "c"): 20})
    shown, left_out = in_company(counted, threshold=11)
    assert shown == {("2026-03", "a"): 50, ("2026-03", WITHHELD): 23}
    assert left_out == 0


def test_a_month_with_too_few_is_only_said_to_exist() -> None:
    shown, left_out = in_company(Counter({("2026-03", "a", "x"): 4}), threshold=11)
    assert (shown, left_out) == ({}, 1)
