# Before the first job and after the last. Snakemake's own lock outlives a kill and then refuses every
# run; the default profile has it off (nolock), and this one, held while the process lives, instead.
onstart:
    # Snakemake looks again a second after every look as long as jobs wait, to start no more than 100
    # a second: after k jobs it looks k times a second. Processes of this machine need no such limit.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
    global lock  # kept as long as this process lives
    try:
        lock = claim(
            ".snakemake/symlens.lock", "symlens: another run is at work here"
        )
        tracking.settle("results/tracking.json", **config["tracking"])
    except FileError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


onsuccess:
    print(plan.where_to_look(), file=sys.stderr)


onerror:
    print("symlens: a job failed; what it said is in results/logs/", file=sys.stderr)
