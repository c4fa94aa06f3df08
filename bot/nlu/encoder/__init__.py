"""Sentence encoders: pretrained weights behind one small port."""
