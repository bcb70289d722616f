"""What organisers do in bulk, as commands: `workshop-manager reviews remind musiml/2026 --dry-run --json`.

Each is declared with `running.act` (or `running.table` for what is taken along), which gives all of them the same two
options, the same report and the same exit codes: 0 done, or nothing was left to do; 1 refused, with the reason, and
nothing happened; 2 the line was not understood.
"""
