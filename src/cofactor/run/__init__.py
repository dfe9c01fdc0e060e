"""Scenario and engine together: one person, a population, many draws."""

from cofactor.run._many import Run as Run
from cofactor.run._many import Task as Task
from cofactor.run._many import run_people as run_people
from cofactor.run._many import system_of as system_of
from cofactor.run._result import Failure as Failure
from cofactor.run._result import Result as Result
from cofactor.run._simulate import BODY as BODY
from cofactor.run._simulate import simulate as simulate
from cofactor.run._simulate import task_of as task_of
from cofactor.run._simulate import body_system as body_system
