"""The policy as it is shipped."""

from tests.builders import ROOT

SHIPPED = ROOT / "data/policy.yml"
