# What a person looks at: tables, and one page with everything on it.
rule figures:
    input:
        [file for study in plan.studies() for file in figure_files(study)],
    message:
        "every figure is there"


rule report:
    input:
        "results/summary.html",
    message:
        "results/summary.html is there"


rule tabulate:
    input:
        library=library("tables"),
        evaluations=lambda w: per_group(
            "results/{study}/{experiment}/{method}/evaluation.nc", w.study
        ),
    output:
        report(
            "results/tables/{study}/stability.csv",
            caption="../report/stability.rst",
            category="tables",
            labels={"table": "stability", "study": "{study}"},
        ),
    log:
        "results/logs/{study}/tables.log",
    benchmark:
        "results/benchmarks/{study}/tables.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    message:
        "tabulate: {wildcards.study}"
    script:
        "../scripts/tables.py"


rule summarize:
    input:
        library=lambda w: [
            f for study in plan.studies() for f in plan.library("summary", study)
        ],
        evaluations=per_group("results/{study}/{experiment}/{method}/evaluation.nc"),
        tables=expand("results/tables/{study}/stability.csv", study=plan.studies()),
        figures=[file for study in plan.studies() for file in figure_files(study)],
    output:
        report(
            "results/summary.html",
            caption="../report/summary.rst",
            category="summary",
        ),
    log:
        "results/logs/summary.log",
    benchmark:
        "results/benchmarks/summary.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    params:
        titles={study: plan.titles(study) for study in plan.studies()},
    message:
        "write results/summary.html"
    script:
        "../scripts/summary.py"
