"""Deliberate faults, each with a seed whose run the judge must not let pass.

At least one for every script that a run reaches, and for steps of the flow. If a
passage changes, the mutant must follow: its test says so.
"""

from __future__ import annotations

from tests.faults.simulation.mutants import cases, sending, turns

MUTANTS = turns.MUTANTS + sending.MUTANTS + cases.MUTANTS
