"""Where the time of a run went."""

from symlens.benchmarks import families, growth, measured, table

HEADER = "s\th:m:s\tmax_rss\n"


def test_jobs_are_gathered_by_rule_over_seeds_and_experiments(tmp_path):
    for folder, name, row in [
        ("lens/a/fast", "train-1", "2.0\t0:00:02\t100"),
        ("lens/a/fast", "train-12", "4.0\t0:00:04\t300"),
        ("lens/b/fast", "train-1", "9.0\t0:00:09\t200"),
        ("lens/a", "synthesize", "0.5\t0:00:00\t-"),
    ]:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / f"{name}.tsv").write_text(f"{HEADER}{row}\n")
    jobs = measured(tmp_path)
    assert sorted(jobs["train"]) == [(2.0, 100.0), (4.0, 300.0), (9.0, 200.0)]
    lines = [line.split() for line in table(jobs).splitlines()]
    assert lines[1] == ["train", "3", "4.0", "9.0", "15.0", "300"]
    assert lines[2] == ["synthesize", "1", "0.5", "0.5", "0.5", "-"]


def test_families_of_experiments_give_the_power_of_their_growth(tmp_path):
    for experiment, row in [
        ("wide_n10", "2.0\t0:00:02\t100"),
        ("wide_n20", "8.0\t0:00:08\t150"),
        ("wide_n40", "32.0\t0:00:32\t300"),
        ("tall_samples5", "1.0\t0:00:01\t50"),  # alone: nothing grows
        ("waves", "9.0\t0:00:09\t200"),
    ]:
        folder = tmp_path / "lens" / experiment / "fast"
        folder.mkdir(parents=True)
        (folder / "train-1.tsv").write_text(f"{HEADER}{row}\n")
    found = families(tmp_path)
    assert list(found) == ["wide_n fast"]
    lines = [line.split() for line in growth("wide_n fast", found["wide_n fast"]).split("\n")]
    assert lines[1:4] == [["10", "2.0", "100"], ["20", "8.0", "150"], ["40", "32.0", "300"]]
    assert lines[4][-1] == "2.00"
