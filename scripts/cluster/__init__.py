"""A whole cluster on one machine, for `make cluster` and its tests: PostgreSQL, SeaweedFS, a Ray head, two nodes, and
Dagster's daemon. `scripts/install_cluster.sh` installs them."""
