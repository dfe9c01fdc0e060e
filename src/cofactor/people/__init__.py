"""Who: persons, virtual populations and draws of the model's own uncertainty."""

from cofactor.people._body_size import size_ratio as size_ratio
from cofactor.people._people import POPULATIONS as POPULATIONS
from cofactor.people._people import Person as Person
from cofactor.people._people import model_draws as model_draws
from cofactor.people._people import person as person
from cofactor.people._people import population as population
from cofactor.people._people import under as under
from cofactor.people._people import variation as variation
from cofactor.people._random import normals as normals
from cofactor.people._random import uniforms as uniforms
