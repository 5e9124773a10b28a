# What can be asked for by name. The first rule is what bare `snakemake` makes.
rule all:
    input:
        "results/summary.html",
        per_group("results/mlflow/published/{study}/{experiment}/{method}.json")
        if plan.config.tracking.enabled
        else [],


rule figures:
    input:
        [file for study in plan.studies() for file in figure_files(study)],


rule report:
    input:
        "results/summary.html",
