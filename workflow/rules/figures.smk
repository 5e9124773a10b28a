# All figures of an experiment and method in one job; a rule per study, for each has its own.
for study in plan.studies():
    folder = f"{study}/{{experiment}}/{{method}}"

    rule:
        name:
            f"draw_{study}"
        input:
            data=f"results/{study}/{{experiment}}/data.nc",
            runs=lambda w, study=study: runs(study, w.experiment, w.method),
            evaluation=f"results/{folder}/evaluation.nc",
        output:
            png=[
                report(
                    f"results/figures/{folder}/{figure}.png",
                    caption=f"../report/{study}/{figure}.rst",
                    category="{experiment}",
                    subcategory="{method}",
                    labels={"figure": figure.replace("_", " ")},
                )
                for figure in studies.get(study).FIGURES
            ],
            pdf=[
                f"results/figures/{folder}/{figure}.pdf"
                for figure in studies.get(study).FIGURES
            ],
        log:
            f"results/logs/{folder}/figures.log",
        benchmark:
            f"results/benchmarks/{folder}/figures.tsv"
        conda:
            CONDA
        threads: 1
        resources:
            mem_mb=lambda wildcards, attempt: 2000 * attempt,
            runtime=lambda wildcards, attempt: 30 * attempt,
            gpu=0,
        params:
            library=lambda w, study=study: plan.library("figures", study),
            study=study,
            captions=studies.get(study).CAPTIONS,
            settings=lambda w, study=study: plan.parameters(
                "figures", study, w.experiment, w.method
            ),
        message:
            "draw: {wildcards.experiment}, {wildcards.method}"
        script:
            "../scripts/figures.py"


# What was learned everywhere, at one glance.
rule overview:
    input:
        data=lambda w: filled(
            "results/{study}/{experiment}/data.nc", plan.shown(w.study)
        ),
        runs=lambda w: [
            run
            for g in plan.shown(w.study)
            for run in runs(g.study, g.experiment, g.method)
        ],
        evaluations=lambda w: filled(
            "results/{study}/{experiment}/{method}/evaluation.nc", plan.shown(w.study)
        ),
    output:
        png=report(
            "results/figures/{study}/overview.png",
            caption="../report/overview.rst",
            category="overview",
            labels={"figure": "overview", "study": "{study}"},
        ),
        pdf="results/figures/{study}/overview.pdf",
    log:
        "results/logs/{study}/overview.log",
    benchmark:
        "results/benchmarks/{study}/overview.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
        gpu=0,
    params:
        library=library("figures"),
        captions=lambda w: studies.get(w.study).CAPTIONS,
        titles=lambda w: plan.titles(w.study),
    message:
        "draw: overview of {wildcards.study}"
    script:
        "../scripts/overview.py"


# What the points of a sweep say together: a picture, a table of the points, a table of effects.
rule collect:
    input:
        evaluations=lambda w: filled(
            "results/{study}/{experiment}/{method}/evaluation.nc",
            plan.swept(w.study, w.sweep),
        ),
    output:
        png=report(
            "results/figures/{study}/sweeps/{sweep}.png",
            caption="../report/sweep.rst",
            category="sweeps",
            labels={"figure": "{sweep}", "study": "{study}"},
        ),
        pdf="results/figures/{study}/sweeps/{sweep}.pdf",
        points="results/tables/{study}/sweeps/{sweep}_points.csv",
        effects=report(
            "results/tables/{study}/sweeps/{sweep}_effects.csv",
            caption="../report/sweep.rst",
            category="sweeps",
            labels={"table": "{sweep}", "study": "{study}"},
        ),
    log:
        "results/logs/{study}/sweeps/{sweep}.log",
    benchmark:
        "results/benchmarks/{study}/sweeps/{sweep}.tsv"
    conda:
        CONDA
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    params:
        library=library("sweeps"),
        sweep=lambda w: plan.sweep(w.study, w.sweep),
        about=lambda w: plan.about_sweep(w.study, w.sweep),
    message:
        "collect: {wildcards.sweep}"
    script:
        "../scripts/collect.py"
