SHELL := /bin/bash
export UV_CUSTOM_COMPILE_COMMAND := make lock
lock:
	@true
