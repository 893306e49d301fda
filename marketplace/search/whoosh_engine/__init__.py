"""The engine behind the port: Whoosh keeps the postings, arrays over them find, count and score."""
