"""Real rows for tests, one factory a model. Each call commits; `factories.<domain>` holds the domain's own."""
