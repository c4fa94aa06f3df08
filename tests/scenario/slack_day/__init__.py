"""A day at the Slack desk: customers who write, agents who work, trouble, a judge."""
