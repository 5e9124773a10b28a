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
        data=lambda w: per_group("results/{study}/{experiment}/data.nc", w.study),
        runs=lambda w: [
            run
            for g in plan.groups(w.study)
            for run in runs(g.study, g.experiment, g.method)
        ],
        evaluations=lambda w: per_group(
            "results/{study}/{experiment}/{method}/evaluation.nc", w.study
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
