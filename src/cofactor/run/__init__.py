"""Scenario and engine together: one person, a population, many draws."""

from cofactor.run._books import CLOSES_WITHIN as CLOSES_WITHIN
from cofactor.run._books import Enzymes as Enzymes
from cofactor.run._books import Flow as Flow
from cofactor.run._books import Kind as Kind
from cofactor.run._books import Line as Line
from cofactor.run._books import Part as Part
from cofactor.run._books import Place as Place
from cofactor.run._budget import Budget as Budget
from cofactor.run._budget import budget as budget
from cofactor.run._budget import budget_of as budget_of
from cofactor.run._budget import stores_of as stores_of
from cofactor.run._check import Check as Check
from cofactor.run._many import Run as Run
from cofactor.run._many import Task as Task
from cofactor.run._many import run_people as run_people
from cofactor.run._many import system_of as system_of
from cofactor.run._result import Failure as Failure
from cofactor.run._result import Result as Result
from cofactor.run._simulate import BODY as BODY
from cofactor.run._simulate import body_system as body_system
from cofactor.run._simulate import check_simulation as check_simulation
from cofactor.run._simulate import simulate as simulate
from cofactor.run._simulate import task_of as task_of
from cofactor.run._store import Stored as Stored
from cofactor.run._store import store as store
