"""What has been measured: evidence rows, their selection by rule, and pooling. Names are imported when first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cofactor._lazy import attribute_of

if TYPE_CHECKING:
    from cofactor.evidence._lint import Problem as Problem
    from cofactor.evidence._lint import lint as lint
    from cofactor.evidence._load import gaps as gaps
    from cofactor.evidence._load import load_rows as load_rows
    from cofactor.evidence._load import parse_rows as parse_rows
    from cofactor.evidence._load import read_rows as read_rows
    from cofactor.evidence._load import row as row
    from cofactor.evidence._load import rows as rows
    from cofactor.evidence._pool import Pooled as Pooled
    from cofactor.evidence._pool import pool as pool
    from cofactor.evidence._pool import standard_error as standard_error
    from cofactor.evidence._row import Effect as Effect
    from cofactor.evidence._row import Measurement as Measurement
    from cofactor.evidence._row import Row as Row
    from cofactor.evidence._select import Exclusion as Exclusion
    from cofactor.evidence._select import Selection as Selection
    from cofactor.evidence._select import largest_meta as largest_meta
    from cofactor.evidence._select import select as select
    from cofactor.evidence._table import describe as describe
    from cofactor.evidence._table import table as table
    from cofactor.evidence._vocabulary import Vocabulary as Vocabulary
    from cofactor.evidence._vocabulary import vocabulary as vocabulary

_HOMES = {
    "_lint": "Problem lint",
    "_load": "gaps load_rows parse_rows read_rows row rows",
    "_pool": "Pooled pool standard_error",
    "_row": "Effect Measurement Row",
    "_select": "Exclusion Selection largest_meta select",
    "_table": "describe table",
    "_vocabulary": "Vocabulary vocabulary",
}

__getattr__ = attribute_of(__name__, _HOMES)
