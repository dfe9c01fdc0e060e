"""The whole contract parses, and what has no organ yet is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor import simulate
from cofactor.errors import InputError
from cofactor.people import POPULATIONS
from cofactor.scenario import (
    ROUTED,
    Scenario,
    features,
    features_supported,
    habitual_inputs,
    require_supported,
    to_regimen,
)

# design.md section 3, as it stands there
CONTRACT = """\
schema = 1
[person]                       # or [population] n = 1000, seed = 1, like = "adults", with the same keys
sex = "female"
age = 42
weight = "68 kg"
height = "1.66 m"
latitude = 59.4                # absent: no season, skin synthesis constant
skin_type = 2
conditions = ["psoriasis"]     # closed list in the nomenclature

[labs]                         # measured before the plan; keys are observables; a population's median meets them
date = "2026-09-20"            # default: simulate.start
serum_25ohd = "18 ng/mL"
gfr = "100 mL/min"

[diet]                         # the habitual diet: the resting state is solved on it
calcium = "900 mg/day"
magnesium = "300 mg/day"
phosphorus = "1300 mg/day"
vitamin_d = "4 ug/day"

[[diet_change]]                # a departure from it
magnesium = "0.5 mmol/day"
start = "day 0"
stop = "day 21"

[sun]                          # needs a latitude
minutes_per_day = "season"
exposed_fraction = "season"

[[supplement]]
name = "vitamin_d3"
amount = "4000 IU"
every = "1 day"
start = "before"
stop = "day 90"

[[phototherapy]]
kind = "nb_uvb"
days = ["mon", "wed", "fri"]
dose = ["0.42 J/cm2", "0.63 J/cm2", "0.82 J/cm2"]   # one a session, the last repeated
sessions = 25
body_fraction = 0.9

[[drug]]
name = "teriparatide"
amount = "20 ug"
every = "1 day"

[[infusion]]
name = "pth_1_34"              # magnesium, calcium, edta, adrenaline, insulin, calcitriol
rate = "2 pmol/kg/h"           # or amount
at = "day 0"
over = "7 days"

[[challenge]]                  # minute-scale test of this person on that day
name = "oral_glucose"          # insulin, mixed_meal
amount = "75 g"
at = "day 90"

[[event]]
name = "streptococcal_throat"
at = "day 30"
size = 1.0

[model]
switches = { responder_subtype = true }
cut = ["uvb -> plaque"]        # edge ablation: the edge's input held at the person's resting value
parameters = { vitamin_d_share_of_magnesium_pump = 0.9 }

[simulate]
start = "2026-10-01"
days = 180
output_every = "1 day"         # down to "5 minutes"
seed = 1
accuracy = "default"           # or "tight"
draws = 20
"""

ANSWERED = features_supported()


def test_the_whole_contract_parses():
    scenario = Scenario.from_text(CONTRACT, "contract.toml")
    assert scenario.labs.date == -11.0
    assert scenario.supplement[0].amount == pytest.approx(100.0)
    assert scenario.phototherapy[0].dose == pytest.approx((0.42, 0.63, 0.82))
    assert scenario.infusion[0].rate == pytest.approx(2 * 68)  # pmol/h for this person
    assert scenario.model.switches == {"responder_subtype": True}
    assert scenario.model.cut == ("uvb -> plaque",)
    assert scenario.simulate.draws == 20


def test_the_whole_contract_is_answered():
    scenario = Scenario.from_text(CONTRACT, "contract.toml")
    assert {feature.name for feature in features(scenario)} <= ANSWERED
    require_supported(scenario, ANSWERED)


def test_the_whole_contract_runs():
    reachable = CONTRACT.replace("18 ng/mL", "50 ng/mL").replace("days = 180", "days = 100")  # not 18 on 4 000 IU
    result = simulate(Scenario.from_text(reachable, "contract.toml"), draws=1)
    assert not result.failures
    for name in ("pasi", "serum_25ohd", "plasma_glucose", "artery_calcium", "bone_strength_hip", "stress_score"):
        assert np.isfinite(result.observables[name]).all(), name
    assert result.observables["serum_25ohd"][0, 0] == pytest.approx(124.8, rel=1e-3)  # 50 ng/mL, eleven days before


def test_what_has_no_organ_yet_is_refused_by_name():
    text = CONTRACT.replace('conditions = ["psoriasis"]', 'conditions = ["psoriasis", "osteoporosis"]')
    scenario = Scenario.from_text(text.replace('kind = "nb_uvb"', 'kind = "puva"'), "contract.toml")
    with pytest.raises(InputError) as caught:
        require_supported(scenario, ANSWERED)
    error = caught.value
    assert error.rule == "no organ yet answers the condition osteoporosis, [[phototherapy]] puva"
    assert "supplement:magnesium" in str(error.hint)
    assert error.where == "contract.toml:9 (person.conditions[1])"
    require_supported(scenario, frozenset(feature.name for feature in features(scenario)))


def test_untouched_and_repeated_defaults_ask_for_nothing():
    repeated = '[diet]\nvitamin_d = "160 IU/day"\ncalcium = "24 mmol/d"\n[person]\nage = 50\nskin_type = 2'
    require_supported(Scenario.from_text(""), frozenset())
    require_supported(Scenario.from_text(repeated), frozenset())
    with pytest.raises(InputError, match="diet:vitamin_d"):
        require_supported(Scenario.from_text(repeated.replace("160 IU", "200 IU")), ROUTED - {"diet:vitamin_d"})


def test_the_populations_that_can_be_drawn_are_answered():
    for like in POPULATIONS:
        require_supported(Scenario.from_text(f'[population]\nlike = "{like}"'), features_supported())


def test_a_population_of_others_is_refused():
    scenario = Scenario.from_text('[population]\nlike = "psoriasis"', "p.toml")
    with pytest.raises(InputError, match=r'no organ yet answers like = "psoriasis".*p\.toml:2'):
        require_supported(scenario, ANSWERED - {"population:psoriasis"})
    require_supported(Scenario.from_text("[population]\nn = 3"), frozenset())


@pytest.mark.parametrize("make", [to_regimen, habitual_inputs])
def test_a_timeline_never_leaves_out_what_it_cannot_carry(make):
    text = '[[supplement]]\nname = "magnesium"\namount = "1 mg"\n[[phototherapy]]\nkind = "puva"\ndose = "5 J/cm2"'
    with pytest.raises(InputError, match=r"no organ yet answers \[\[phototherapy\]\] puva.*p\.toml:4"):
        make(Scenario.from_text(text, "p.toml"))


@pytest.mark.parametrize("name", ["magnesium", "calcium", "phosphate", "calcitriol"])
def test_pulses_of_what_no_gut_holds_are_refused_rather_than_spread(name):
    text = f'[[supplement]]\nname = "{name}"\namount = "1 ug"\npulses = true'
    with pytest.raises(InputError, match=rf"pulses of {name}.*p\.toml:4"):
        to_regimen(Scenario.from_text(text, "p.toml"))


UNKNOWN_TO_THE_CORE = {
    "osteoporosis": '[person]\nconditions = ["osteoporosis"]',
    "hypercalciuria": '[population]\nconditions = ["hypercalciuria"]',
    "serum_fgf23": '[labs]\nserum_fgf23 = "60 pg/mL"',
    "serum_calcitriol": '[labs]\nserum_calcitriol = "100 pmol/L"',
    "urine_calcium": '[labs]\nurine_calcium = "4 mmol/d"',
    "puva": '[[phototherapy]]\nkind = "puva"\ndose = "5 J/cm2"',
}


@pytest.mark.parametrize("name", UNKNOWN_TO_THE_CORE)
def test_what_the_core_cannot_answer_is_refused_by_name(name):
    with pytest.raises(InputError, match=rf"no organ yet answers .*{name}.*p\.toml:\d"):
        simulate(Scenario.from_text(UNKNOWN_TO_THE_CORE[name], "p.toml"))


def test_an_unknown_condition_is_never_left_out_of_a_timeline():
    with pytest.raises(InputError, match="the condition osteoporosis"):
        habitual_inputs(Scenario.from_text('[person]\nconditions = ["osteoporosis"]'))


def test_labs_of_another_season_are_met_in_that_season():
    text = '[labs]\ndate = "day -90"\nserum_25ohd = "50 nmol/L"'
    require_supported(Scenario.from_text(text), features_supported())
    require_supported(Scenario.from_text("[person]\nlatitude = 50\n" + text), features_supported())
