"""Bars: met, missed, and the tolerance of a bar of 1.0."""

import pytest

from bench.verdict import Bar, Metric, Spread, judge

CPU = Metric("server CPU per request", "µs")


def verdict(ours, theirs, limit, at_least=False):
    samples = {"pier": [{CPU: value} for value in ours], "rival": [{CPU: value} for value in theirs]}
    return judge(Bar(CPU, limit, "rival", at_least), samples, "pier")


def test_the_middle_half_lies_between_the_quartiles():
    assert Spread.of([5, 1, 4, 2, 3]) == Spread(2, 3, 4)
    assert Spread.of([7]) == Spread(7, 7, 7)


def test_ratios_are_taken_within_each_round():
    # The machine was half as fast in the second round; the ratio of 0.5 is the same in both.
    found = verdict([1, 2, 1], [2, 4, 2], 0.6)
    assert found.figure == Spread(0.5, 0.5, 0.5)
    assert found.met


@pytest.mark.parametrize("ours, met", [(0.69, True), (0.70, True), (0.71, False)])
def test_a_bar_below_one_has_no_tolerance(ours, met):
    assert verdict([ours] * 5, [1.0] * 5, 0.70).met == met


def test_a_bar_below_one_is_not_met_by_overlap():
    assert not verdict([7, 8, 9], [7, 8, 9], 0.9).met


@pytest.mark.parametrize("ours, met", [(0.9, True), (1.03, True), (1.04, False)])
def test_a_bar_of_one_is_met_up_to_three_hundredths(ours, met):
    assert verdict([ours] * 5, [1.0] * 5, 1.0).met == met


def test_a_bar_of_one_is_met_where_the_middle_halves_overlap():
    assert verdict([10, 11, 12], [9, 10, 11], 1.0).met
    assert not verdict([11, 12, 13], [8, 9, 10], 1.0).met


@pytest.mark.parametrize("ours, met", [(1.2, True), (0.98, True), (0.96, False)])
def test_a_bar_from_below(ours, met):
    assert verdict([ours] * 5, [1.0] * 5, 1.0, at_least=True).met == met


@pytest.mark.parametrize("ours, met", [(49.0, True), (51.0, False)])
def test_a_bar_without_a_rival_is_absolute(ours, met):
    assert judge(Bar(CPU, 50.0), {"pier": [{CPU: ours}] * 5}, "pier").met == met
