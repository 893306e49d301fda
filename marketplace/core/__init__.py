"""What every domain stands on and which knows none of them: database, errors, policies, jobs, files, web."""
