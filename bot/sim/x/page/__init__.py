"""The page: where one writes as a customer, and what tests do over HTTP."""
