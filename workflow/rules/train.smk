# One training: one experiment, one method, one seed. Its checkpoints lie outside the declared
# outputs (Snakemake removes those of a failed job), under a name made of the hash of its settings,
# data and code; they go when the run file is written.
rule train:
    input:
        data="results/{study}/{experiment}/data.nc",
        tracking=ancient("results/tracking.json"),
    output:
        run="results/{study}/{experiment}/{method}/seed-{seed}/run.nc",
    log:
        "results/logs/{study}/{experiment}/{method}/train-{seed}.log",
    benchmark:
        "results/benchmarks/{study}/{experiment}/{method}/train-{seed}.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=lambda wildcards, attempt: 720 * attempt,
        gpu=0,
    params:
        library=library("train"),
        settings=settings("train"),
        checkpoints="results/checkpoints/{study}/{experiment}/{method}/seed-{seed}",
    message:
        "learn: {wildcards.experiment}, {wildcards.method}, seed {wildcards.seed}"
    script:
        "../scripts/train.py"
