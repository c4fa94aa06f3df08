"""Lines of scripts whose lack a test must notice, by whom they serve."""
