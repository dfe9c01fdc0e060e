"""The HTML report: verdicts by speaker, a section a claim with its pictures, the budget of an element."""

from cofactor.report._docket import docket_budgets as docket_budgets
from cofactor.report._docket import write_docket_report as write_docket_report
from cofactor.report._sankey import sankey as sankey
from cofactor.report._write import render_report as render_report
from cofactor.report._write import write_report as write_report
