# The one job that writes to the tracking store while no other does: it makes the store; trainings
# add their experiments, under a lock. They take its note as ancient(): a lost store is made again,
# nothing retrained. Neither experiments nor settings are parameters of it: when one changed,
# Snakemake would plan this job and no other. Settings that changed are written when a run starts.
localrules:
    tracking,


rule tracking:
    output:
        "results/tracking.json",
    log:
        "results/logs/tracking.log",
    benchmark:
        "results/benchmarks/tracking.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    message:
        "prepare the record of runs (MLflow)"
    script:
        "../scripts/tracking.py"


# The record of an experiment and method, complete: scores, figures and files of each of its runs.
rule publish:
    input:
        tracking=ancient("results/tracking.json"),
        evaluation="results/{study}/{experiment}/{method}/evaluation.nc",
        runs=lambda w: runs(w.study, w.experiment, w.method),
        figures=lambda w: [
            file
            for file in figure_files(w.study)
            if file.startswith(f"results/figures/{w.study}/{w.experiment}/{w.method}/")
        ],
    output:
        "results/mlflow/published/{study}/{experiment}/{method}.json",
    log:
        "results/logs/{study}/{experiment}/{method}/publish.log",
    benchmark:
        "results/benchmarks/{study}/{experiment}/{method}/publish.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    params:
        settings=settings("publish"),
    message:
        "record: {wildcards.experiment}, {wildcards.method}"
    script:
        "../scripts/publish.py"
