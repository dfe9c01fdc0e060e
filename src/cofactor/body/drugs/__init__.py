"""Drugs, one file a class."""
