"""The steps a message goes through, in the order intake, understand, decide, act, outbox."""
