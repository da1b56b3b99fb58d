"""People, firms, a clock, a worker and faults, all from one seed: what goes wrong once can be seen again."""
