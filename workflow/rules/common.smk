# What the rules ask of the configuration; the answers are Python of symlens.plan, tested there.


def runs(study, experiment, method):
    """Run files of an experiment and method, in the order of its seeds."""
    folder = f"results/{study}/{experiment}/{method}"
    return [f"{folder}/seed-{seed}/run.nc" for seed in plan.seeds(study, experiment)]


def figure_files(study, *one):
    """Every figure of the experiments of a study that are shown one by one, or of one of them."""
    pattern = "results/figures/{study}/{experiment}/{method}/%s.png"
    return [
        file
        for name in studies.get(study).FIGURES
        for file in filled(pattern % name, plan.shown(study, *one))
    ]


def per_group(pattern, *chosen):
    """A pattern filled in for every experiment and method, of the chosen studies or of all."""
    return filled(
        pattern, [g for study in chosen or plan.studies() for g in plan.groups(study)]
    )


def filled(pattern, groups):
    """A pattern filled in for each of these experiments and methods."""
    return [
        pattern.format(study=g.study, experiment=g.experiment, method=g.method)
        for g in groups
    ]


def sweep_files(study, pattern):
    """A pattern filled in for every sweep of a study."""
    return [pattern.format(study=study, sweep=sweep) for sweep in plan.sweeps(study)]


def results():
    """All that is kept: each file is made again when it is lost, not only the last of a chain."""
    files = per_group("results/{study}/{experiment}/{method}/evaluation.nc")
    for group in plan.groups():
        files += runs(group.study, group.experiment, group.method)
    for study in plan.studies():
        files += figure_files(study) + [
            f"results/figures/{study}/overview.png",
            f"results/tables/{study}/stability.csv",
            *sweep_files(study, "results/figures/{study}/sweeps/{sweep}.png"),
        ]
    if plan.config.tracking.enabled:
        files += per_group(
            "results/mlflow/published/{study}/{experiment}/{method}.json"
        )
    return files


def library(stage):
    """Hash of the code that a stage stands on, as a function for params."""
    return lambda wildcards: plan.library(
        stage, wildcards.study, getattr(wildcards, "method", None)
    )


def settings(stage):
    """The settings that a stage reads, as a function for params."""
    return lambda wildcards: plan.parameters(
        stage,
        wildcards.study,
        wildcards.experiment,
        getattr(wildcards, "method", None),
    )
