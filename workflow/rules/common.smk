# What the rules ask of the configuration; all of it is Python of symlens.studies, tested there.


def figures(study, ending):
    """Files of all figures of an experiment and method, as patterns."""
    folder = f"results/figures/{study}/{{experiment}}/{{method}}"
    return [f"{folder}/{name}.{ending}" for name in studies.get(study).FIGURES]


def runs(wildcards):
    """Run files of an experiment and method, in the order of its seeds."""
    return [
        f"results/{wildcards.study}/{wildcards.experiment}/{wildcards.method}/seed-{seed}/run.nc"
        for seed in plan.seeds(wildcards.study, wildcards.experiment)
    ]


def per_group(pattern, study=None):
    """A pattern filled in for every experiment and method, of one study or of all."""
    return [
        pattern.format(study=g.study, experiment=g.experiment, method=g.method)
        for g in plan.groups(study)
    ]


def library(stage):
    """Files of the package that a stage stands on, as an input function."""
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
