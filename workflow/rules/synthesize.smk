# Samples of an experiment, made or read once; every seed draws its own from them.
rule synthesize:
    input:
        files=lambda w: plan.inputs(w.study, w.experiment),
    output:
        data="results/{study}/{experiment}/data.nc",
    log:
        "results/logs/{study}/{experiment}/synthesize.log",
    benchmark:
        "results/benchmarks/{study}/{experiment}/synthesize.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=lambda wildcards, attempt: 60 * attempt,
        gpu=0,
    params:
        library=library("synthesize"),
        settings=settings("synthesize"),
    message:
        "make samples: {wildcards.experiment}"
    script:
        "../scripts/synthesize.py"
