"""Pages that show the workspace, to click through a day and to photograph it."""
