"""Procurement needs, and the parser that understands a sentence."""
