"""`firstline nlu benchmark`: how well and how fast the model reads, beside others."""
