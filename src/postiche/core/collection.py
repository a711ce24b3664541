"""Postman's formats, read into the model."""
