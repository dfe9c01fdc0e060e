"""Who: persons, virtual populations and draws of the model's own uncertainty."""

from cofactor.people._body_size import size_ratio as size_ratio
from cofactor.people._model_draws import model_draws as model_draws
from cofactor.people._model_draws import skin_under as skin_under
from cofactor.people._model_draws import under as under
from cofactor.people._person import Person as Person
from cofactor.people._person import person as person
from cofactor.people._plaques import BURN_IN_DAYS as BURN_IN_DAYS
from cofactor.people._plaques import GENERAL as GENERAL
from cofactor.people._plaques import GENERAL_SKIN as GENERAL_SKIN
from cofactor.people._plaques import burnt_in as burnt_in
from cofactor.people._plaques import lesional as lesional
from cofactor.people._plaques import skin_noise as skin_noise
from cofactor.people._plaques import skin_with_pasi as skin_with_pasi
from cofactor.people._plaques import skins as skins
from cofactor.people._population import Drawn as Drawn
from cofactor.people._population import draw as draw
from cofactor.people._population import population as population
from cofactor.people._populations import POPULATIONS as POPULATIONS
from cofactor.people._populations import Skin as Skin
from cofactor.people._populations import population_like as population_like
from cofactor.people._random import normals as normals
from cofactor.people._random import uniforms as uniforms
from cofactor.people._spread import variation as variation
