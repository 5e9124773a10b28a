# What a person looks at: tables, and one page with everything on it.
rule figures:
    input:
        [file for study in plan.studies() for file in figure_files(study)],
        [
            file
            for study in plan.studies()
            for file in sweep_files(
                study, "results/figures/{study}/sweeps/{sweep}.png"
            )
        ],
    message:
        "every figure is there"


rule report:
    input:
        "results/summary.html",
    message:
        "results/summary.html is there"


rule tabulate:
    input:
        evaluations=lambda w: filled(
            "results/{study}/{experiment}/{method}/evaluation.nc", plan.shown(w.study)
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
    params:
        library=library("tables"),
    message:
        "tabulate: {wildcards.study}"
    script:
        "../scripts/tables.py"


rule summarize:
    input:
        evaluations=lambda w: filled(
            "results/{study}/{experiment}/{method}/evaluation.nc", plan.shown(w.study)
        ),
        figures=lambda w: figure_files(w.study),
        overview="results/figures/{study}/overview.png",
        sweeps=lambda w: sweep_files(
            w.study, "results/figures/{study}/sweeps/{sweep}.png"
        ),
    output:
        page="results/summary/{study}.html",
    log:
        "results/logs/{study}/summary.log",
    benchmark:
        "results/benchmarks/{study}/summary.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    params:
        library=library("summary"),
        titles=lambda w: plan.titles(w.study),
        sweeps=lambda w: [plan.about_sweep(w.study, s) for s in plan.sweeps(w.study)],
    message:
        "write: summary of {wildcards.study}"
    script:
        "../scripts/summary.py"


# So little that a place in a queue is not worth it.
localrules:
    index,


rule index:
    input:
        pages=expand("results/summary/{study}.html", study=plan.studies()),
        overviews=expand("results/figures/{study}/overview.png", study=plan.studies()),
    output:
        page=report(
            "results/summary.html",
            caption="../report/summary.rst",
            category="summary",
            labels={"page": "all experiments"},
        ),
    log:
        "results/logs/index.log",
    benchmark:
        "results/benchmarks/index.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    message:
        "write: results/summary.html"
    script:
        "../scripts/index.py"
