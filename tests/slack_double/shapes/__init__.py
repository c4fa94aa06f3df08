"""The shapes of requests, written after Slack's reference pages."""
