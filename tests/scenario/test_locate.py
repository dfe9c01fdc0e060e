"""Keys are found again on the line they stand on, whatever way TOML allows them to be written."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from cofactor.scenario._locate import Origin, dotted, locate

TEXT = '''# a comment with [brackets] and "quotes"
schema = 1
title = """
[not.a.table]
key = "no"
"""

[person]   # the person
age = 42
"weight" = "68 kg"
conditions = [
  "psoriasis",  # [one]
  'hypertension',
]

[population]
height = { mean = "1.7 m", sd = "0.1 m" }
traits.first.second = 3

[[supplement]]
name = "magnesium"

[[supplement]]
name = "vit\\"amin # ]"
amount = 'C:\\'
[supplement.extra]
deep = 1

[[drug]]
name = "x"
'''


def test_every_way_of_writing_a_key_is_found():
    lines = locate(TEXT)
    expected = {
        ("schema",): 2,
        ("person",): 8,
        ("person", "age"): 9,
        ("person", "weight"): 10,
        ("person", "conditions"): 11,
        ("person", "conditions", 0): 12,
        ("person", "conditions", 1): 13,
        ("population", "height", "sd"): 17,
        ("population", "traits", "first", "second"): 18,
        ("supplement",): 20,
        ("supplement", 0, "name"): 21,
        ("supplement", 1): 23,
        ("supplement", 1, "amount"): 25,
        ("supplement", 1, "extra", "deep"): 27,
        ("drug", 0, "name"): 30,
    }
    assert {path: lines.get(path) for path in expected} == expected
    assert ("not", "a", "table") not in lines


def test_windows_line_ends_count_once():
    assert locate('[person]\r\n\r\nage = 3\r\nname = """a\r\nb"""\r\nlast = 1\r\n')[("person", "last")] == 6


def test_inline_arrays_of_tables_are_found():
    lines = locate('supplement = [\n  { name = "magnesium", amount = "1 mg" },\n  { name = "calcium" },\n]\n')
    assert (lines[("supplement", 0, "amount")], lines[("supplement", 1, "name")]) == (2, 3)


def test_a_key_not_written_is_placed_at_its_table():
    origin = Origin("plan.toml", locate(TEXT))
    assert origin.where(("supplement", 1, "every")) == "plan.toml:23 (supplement[1].every)"
    assert origin.where(("nowhere",)) == "plan.toml (nowhere)"
    assert Origin().where(("person", "age")) == "person.age"


def test_odd_keys_cannot_paint_the_terminal():
    assert dotted(("person", "\x1b[31mred")) == r'person."\u001b[31mred"'
    assert len(dotted(("k" * 5000,))) < 100


def _paths(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _paths(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


keys = st.text("abc_-", min_size=1, max_size=3)
scalars = st.sampled_from(
    ["1", '"a b # ["', "'x]'", '"""\na = 1\n"""', "2026-10-01", "[1, [2,\n 3]]", "{ p = 1, q.r = 2 }"]
)
bodies = st.lists(st.tuples(keys, scalars), max_size=4)
tables = st.lists(st.tuples(keys, st.booleans(), bodies), max_size=5)


@given(bodies, tables)
def test_whatever_tomllib_reads_is_found_completely(root, sections):
    """Random files: each key tomllib returns has a line, and that line holds the key or opens its table."""
    text = "".join(f"{key} = {value}\n" for key, value in root)
    for name, several, body in sections:
        text += (f"[[{name}]]\n" if several else f"[{name}]  # {name}\n") + "".join(f"{k} = {v}\n" for k, v in body)
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines, written = locate(text), text.split("\n")
    for path in _paths(read):
        assert path in lines
        assert str(path[-1]) in written[lines[path] - 1]
