"""The tables that are published, each once: every file and every figure is made from them."""
