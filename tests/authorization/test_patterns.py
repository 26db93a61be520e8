"""Wildcards and ARNs match as documented in the IAM User Guide."""

from hypothesis import given
from hypothesis import strategies as st

from authorization.patterns import matches_action, matches_arn, matches_wildcards


@given(st.text(alphabet="ab*?:/[", max_size=12))
def test_text_matches_itself_and_star(text: str) -> None:
    assert matches_wildcards(text, "*")
    assert matches_wildcards(text.replace("*", "x").replace("?", "y"), text)


TEXTS = st.text(alphabet="aAb*?:|[", max_size=6)


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_action_matches_if_it_matches_one_pattern_in_any_case(action: str, patterns: list[str]) -> None:
    expected = any(matches_wildcards(action.lower(), pattern.lower()) for pattern in patterns)
    assert matches_action(action, patterns) == expected


def test_action_matches_no_empty_list_of_patterns() -> None:
    assert not matches_action("", ())
    assert matches_action("", ("",))


@given(st.lists(st.sampled_from(["arn", "aws", "s3", "*", "", "x/y"]), min_size=6, max_size=6))
def test_arn_matches_itself(segments: list[str]) -> None:
    arn = ":".join(segments)
    assert matches_arn(arn.replace("*", "z"), arn)


def test_wildcard_in_arn_does_not_cross_components() -> None:
    assert matches_arn("arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::*:role/deploy")
    assert not matches_arn("arn:aws:iam::111122223333:role/x:role/deploy", "arn:aws:*:role/deploy")


def test_text_that_is_no_arn_matches_the_star_alone() -> None:
    assert matches_arn("a:b", "*")
    assert not matches_arn("a:b", "a:*")
    assert not matches_arn("a:b:c:d:e", "a:b:c:d:*")
    assert matches_arn("a:b:c:d:e:f", "a:b:c:d:e:*")
