# Scores of all seeds of an experiment and method, each beside its chance floor.
rule evaluate:
    input:
        data="results/{study}/{experiment}/data.nc",
        runs=lambda w: runs(w.study, w.experiment, w.method),
    output:
        evaluation="results/{study}/{experiment}/{method}/evaluation.nc",
    log:
        "results/logs/{study}/{experiment}/{method}/evaluate.log",
    benchmark:
        "results/benchmarks/{study}/{experiment}/{method}/evaluate.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
        gpu=0,
    params:
        library=library("evaluate"),
        settings=settings("evaluate"),
    message:
        "score: {wildcards.experiment}, {wildcards.method}"
    script:
        "../scripts/evaluate.py"
