"""What a questionnaire shows in a trial beyond the symptoms: regression to the mean, and the response to being treated.

An observation layer: nothing in the body reads it, and both arms of a trial have it. Without a placebo arm (mg-E77) a trial
cannot tell it from the effect of what was given; the model keeps it apart and off unless `trial_participation` is 1.
Assumptions: both come and stay with the symptoms' own time constant; together they are the published share (pi).
"""

from __future__ import annotations

from cofactor.model import adapts, given, maximum, minimum, observable, parameter, signal

trial_response_share = parameter(
    0.33, "1", spread=0.13, source="magnesium.md 2.9 (pi), 0.25-0.42: expectation and regression to the mean", low=0, high=0.6,
    note="mg-E77 sees only its sum with the effect of magnesium; anxiety trials' placebo arms stand behind the range",
)  # fmt: skip
score_reliability = parameter(
    0.81,
    "1",
    spread=0.06,
    source="recalled: Brown 1997, retest of the DASS stress scale after two weeks",
    low=0.3,
    high=0.99,
)
usual_stress_score = parameter(
    10.11, "points", source="recalled: DASS manual (Lovibond 1995), the mean people regress to"
)

trial_participation = given("1", 0.0, doc="1 while in a trial of a treatment for stress, entered for a high score")


@adapts("trial_response", unit="1/d", start=0)
def trial_response_change(trial_response, trial_participation, symptom_time):
    """How far the trial's own effect on answers has come."""
    return (trial_participation - trial_response) / symptom_time


@signal("points")
def regression_due(stress_score_at_rest, usual_stress_score, score_reliability, trial_response_share):
    """Points a high entry score falls by itself, as it was partly chance; never more than the whole response."""
    chance = (1 - score_reliability) * maximum(stress_score_at_rest - usual_stress_score, 0)
    return minimum(chance, trial_response_share * stress_score_at_rest)


@observable("points")
def regression_to_the_mean(regression_due, trial_response):
    """Points of the score's fall that are regression to the mean."""
    return trial_response * regression_due


@observable("points")
def placebo_response(stress_score_at_rest, trial_response_share, regression_due, trial_response):
    """Points of the score's fall that come from being treated at all."""
    return trial_response * (trial_response_share * stress_score_at_rest - regression_due)


@observable("points")
def reported_stress_score(stress_symptoms, regression_to_the_mean, placebo_response):
    """The DASS-42 stress score as a trial's participants report it."""
    return stress_symptoms - regression_to_the_mean - placebo_response
