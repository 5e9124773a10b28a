"""SymmetryLens: what it stores, gives, refuses, and does to the learner."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import symlens
from symlens import SymmetryLens
from symlens.config.lens_fast import FastSettings
from symlens.config.lens_official import OfficialSettings
from symlens.errors import ConfigError, DataError
from symlens.groups import group_action, random_orthogonal

pytestmark = pytest.mark.usefixtures("learner")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([SymmetryLens(), SymmetryLens(cyclic=True, random_state=1)])
def test_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_a_fit_is_the_learners_answer_to_the_same_samples_in_single_precision(learner, x):
    lens = SymmetryLens(cyclic=True, random_state=11, settings={"samples": 50}).fit(x)
    (call,) = learner
    assert call["x"].dtype == np.float32
    np.testing.assert_array_equal(call["x"], x.astype(np.float32))
    assert (call["method"], call["cyclic"], call["seed"]) == ("fast", True, 11)
    assert call["settings"] == FastSettings(samples=50)
    learned = lens.symmetry_
    np.testing.assert_array_equal(lens.group_convolution_, learned.group_convolution)
    np.testing.assert_allclose(lens.generator_, group_action(lens.log_generator_, 1.0))
    assert (lens.verdict_, lens.symmetry_pvalue_, lens.seed_) == ("symmetry", 0.05, 11)
    assert lens.history_.terms == ("loss", "rank")


def test_a_window_has_the_central_block_of_the_embedded_generator(x):
    lens = SymmetryLens(random_state=0).fit(x)
    assert lens.log_generator_.shape == (15, 15)
    np.testing.assert_allclose(lens.generator_, group_action(lens.log_generator_, 1.0)[5:10, 5:10])


def test_transform_is_the_formula_for_one_sample_and_for_many(x):
    lens = SymmetryLens(random_state=0).fit(x)
    expected = ((x - lens.mean_) / lens.scale_) @ lens.group_convolution_
    np.testing.assert_allclose(lens.transform(x), expected, atol=1e-12)
    np.testing.assert_allclose(lens.transform(x[3:4]), expected[3:4], atol=1e-12)
    np.testing.assert_allclose(lens.inverse_transform(expected), x, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("apply", ["transform", "inverse_transform", "act"])
def test_precision_is_kept(x, dtype, apply):
    lens = SymmetryLens(random_state=0).fit(x)
    extra = (0.5,) if apply == "act" else ()
    assert getattr(lens, apply)(x.astype(dtype), *extra).dtype == dtype


def test_whole_numbers_are_samples_too():
    counts = np.random.default_rng(0).poisson(4.0, size=(60, 3))
    lens = SymmetryLens(random_state=0).fit(counts)
    assert lens.transform(counts).dtype == np.float64


def test_one_group_parameter_per_sample_moves_each_as_alone(x):
    lens = SymmetryLens(random_state=0).fit(x)
    t = np.linspace(-2.0, 7.0, len(x))
    alone = np.concatenate([lens.act(x[i : i + 1], t[i]) for i in range(len(x))])
    np.testing.assert_allclose(lens.act(x, t), alone, atol=1e-10)


@pytest.mark.parametrize("cyclic", [True, False])
def test_act_is_the_learned_symmetrys_own(x, cyclic):
    lens = SymmetryLens(random_state=0, cyclic=cyclic).fit(x)
    np.testing.assert_allclose(lens.act(x, 1.7), lens.symmetry_.act(x, 1.7), atol=1e-10)


@pytest.mark.parametrize("t", [np.nan, np.inf, [0.0, 1.0], np.zeros((200, 1))])
def test_a_group_parameter_that_is_none_is_refused(x, t):
    lens = SymmetryLens(random_state=0).fit(x)
    with pytest.raises(DataError, match=r"^t: "):
        lens.act(x, t)


def test_the_score_is_the_stationarity_of_the_samples_given(x, monkeypatch):
    seen = []

    def stationarity_score(samples, symmetry):
        seen.append((samples, symmetry))
        return np.float32(0.25)

    monkeypatch.setattr("symlens.lens.applied.stationarity_score", stationarity_score)
    lens = SymmetryLens(random_state=0, cyclic=True).fit(x)
    score = lens.score(x[:50])
    assert (type(score), score) == (float, 0.25)
    ((samples, symmetry),) = seen
    assert symmetry is lens.symmetry_
    np.testing.assert_array_equal(samples, x[:50])


def test_the_score_is_one_in_true_coordinates_and_none_in_wrong_ones():
    generator = np.random.default_rng(3)
    n = 8
    centres = generator.uniform(0, n, size=(4000, 2))
    distance = (np.arange(n)[:, None] - centres[:, None, :] + n / 2) % n - n / 2
    bumps = np.exp(-(distance**2) / 2).sum(axis=2) + 0.02 * generator.normal(size=(4000, n))
    lens = SymmetryLens(random_state=0, cyclic=True).fit(bumps)
    learned = lens.symmetry_
    scores = {}
    for name, columns in (("true", np.eye(n)), ("wrong", random_orthogonal(n, generator))):
        lens.symmetry_ = replace(learned, group_convolution=columns)
        scores[name] = lens.score(bumps)
    assert 0.9 < scores["true"] <= 1.0
    assert scores["wrong"] < 0.5


class TestNames:
    def test_of_a_data_frame(self, x):
        frame = pd.DataFrame(x, columns=list("abcde"))
        lens = SymmetryLens(random_state=0).fit(frame)
        assert list(lens.feature_names_in_) == list("abcde")
        np.testing.assert_array_equal(lens.transform(frame), lens.transform(frame))
        with pytest.raises(ValueError, match="feature names"):
            lens.transform(frame[list("edcba")])

    def test_are_forgotten_by_a_fit_without_names(self, x):
        lens = SymmetryLens(random_state=0).fit(pd.DataFrame(x, columns=list("abcde")))
        assert not hasattr(lens.fit(x), "feature_names_in_")

    def test_of_a_data_array_in_either_order(self, x):
        array = xr.DataArray(x, dims=("sample", "pixel"), coords={"pixel": list("abcde")})
        lens = SymmetryLens(random_state=0).fit(array)
        assert list(lens.feature_names_in_) == list("abcde")
        plain = SymmetryLens(random_state=0).fit(x)
        np.testing.assert_array_equal(lens.generator_, plain.generator_)
        np.testing.assert_array_equal(lens.transform(array.T), plain.transform(x))

    def test_of_a_data_array_without_coordinates_or_known_dimensions(self, x):
        array = xr.DataArray(x, coords={"extra": 1.0})
        lens = SymmetryLens(random_state=0).fit(array)
        assert not hasattr(lens, "feature_names_in_")
        np.testing.assert_array_equal(lens.transform(array), lens.transform(x))

    def test_of_the_output(self, x):
        lens = SymmetryLens(random_state=0).fit(x)
        expected = [f"symmetrylens{i}" for i in range(5)]
        assert list(lens.get_feature_names_out()) == expected
        frame = lens.set_output(transform="pandas").transform(x)
        assert list(frame.columns) == expected
        np.testing.assert_allclose(lens.inverse_transform(frame), x, atol=1e-10)


class TestRefusals:
    def test_name_the_place_of_a_bad_number(self, x):
        x[17, 3] = np.nan
        with pytest.raises(DataError, match=r"NaN at sample 17, feature 3") as caught:
            SymmetryLens().fit(x)
        assert "\n" not in str(caught.value)

    def test_name_the_feature_too_where_it_has_a_name(self, x):
        x[17, 3] = np.nan
        with pytest.raises(DataError, match=r"NaN at sample 17, feature 3 'd' \(counted from 0\)"):
            SymmetryLens().fit(pd.DataFrame(x, columns=list("abcde")))

    def test_when_applied_too(self, x):
        lens = SymmetryLens(random_state=0).fit(x)
        x[0, 1] = np.inf
        for call in (lens.transform, lambda bad: lens.act(bad, 1.0), lens.score):
            with pytest.raises(DataError, match=r"infinity at sample 0, feature 1"):
                call(x)

    def test_constant_feature(self, x):
        x[:, 2] = 4.5
        with pytest.raises(DataError, match=r"feature 2 .*constant, 4.5"):
            SymmetryLens().fit(x)

    def test_feature_that_single_precision_cannot_tell_from_a_constant(self, x):
        x[:, 2] = 1e12 + 1e-3 * x[:, 2]
        with pytest.raises(DataError, match=r"feature 2 .*constant"):
            SymmetryLens().fit(x)

    def test_number_that_single_precision_does_not_hold(self, x):
        x[4, 1] = 1e200
        with pytest.raises(DataError, match=r"1e\+200 at sample 4, feature 1 .*single precision"):
            SymmetryLens().fit(x)

    def test_fewer_samples_than_features(self, x):
        with pytest.raises(DataError, match=r"fewer samples \(4\) than features \(5\)"):
            SymmetryLens().fit(x[:4])

    @pytest.mark.parametrize("shape", [(30,), (10, 3, 2), (10, 1), (1, 4), (0, 4)])
    def test_shapes(self, shape):
        with pytest.raises(ValueError, match=r"Expected|expected|minimum|required|found"):
            SymmetryLens().fit(np.random.default_rng(0).normal(size=shape))

    def test_array_of_three_dimensions(self):
        with pytest.raises(DataError, match=r"\(sample, feature\)"):
            SymmetryLens().fit(xr.DataArray(np.zeros((5, 2, 2))))

    def test_canonical_samples_of_another_width(self, x):
        lens = SymmetryLens(random_state=0).fit(x)
        with pytest.raises(DataError, match=r"4 canonical pixels.*5 features"):
            lens.inverse_transform(x[:, :4])

    @pytest.mark.parametrize(
        ("parameters", "error", "message"),
        [
            ({"method": "slow"}, ValueError, "'method' parameter"),
            ({"cyclic": "no"}, ValueError, "'cyclic' parameter"),
            ({"random_state": -1}, ValueError, "'random_state' parameter"),
            ({"settings": 3}, ValueError, "'settings' parameter"),
            (
                {"settings": {"roun": 3}},
                ConfigError,
                "settings.roun: unknown key; did you mean 'rounds'",
            ),
            (
                {"settings": {"rounds": "3"}},
                ConfigError,
                r"settings.rounds: expected a whole number, found .*'3'",
            ),
            ({"settings": OfficialSettings()}, ConfigError, "takes FastSettings"),
        ],
    )
    def test_parameters(self, learner, x, parameters, error, message):
        with pytest.raises(error, match=message):
            SymmetryLens(**parameters).fit(x)
        assert learner == []

    def test_two_mistakes_are_two_lines(self, x):
        with pytest.raises(ConfigError) as caught:
            SymmetryLens(settings={"a": 1, "rounds": 0}).fit(x)
        assert len(caught.value.mistakes) == 2


class TestSeeds:
    def test_none_draws_anew(self, x):
        lens = SymmetryLens()
        assert lens.fit(x).seed_ != lens.fit(x).seed_

    def test_a_random_state_is_drawn_from(self, x):
        seeds = [SymmetryLens(random_state=np.random.RandomState(5)).fit(x).seed_ for _ in range(2)]
        assert seeds[0] == seeds[1]
        state = np.random.RandomState(5)
        lens = SymmetryLens(random_state=state)
        assert lens.fit(x).seed_ != lens.fit(x).seed_

    def test_an_int_is_the_seed(self, x):
        one, two = (SymmetryLens(random_state=4).fit(x) for _ in range(2))
        xr.testing.assert_identical(one.run_, two.run_)


class TestFiles:
    @pytest.mark.parametrize("cyclic", [True, False])
    def test_what_is_loaded_is_what_was_saved(self, x, tmp_path, cyclic):
        frame = pd.DataFrame(x, columns=list("abcde"))
        settings = {"rounds": 2}
        lens = SymmetryLens(cyclic=cyclic, random_state=3, settings=settings).fit(frame)
        lens.save(tmp_path / "run.nc")
        again = SymmetryLens.load(tmp_path / "run.nc")
        for name in ("generator_", "log_generator_", "group_convolution_", "filter_", "mean_"):
            np.testing.assert_array_equal(getattr(again, name), getattr(lens, name), name)
        for name in ("scale_", "verdict_", "symmetry_pvalue_", "seed_", "n_features_in_"):
            assert getattr(again, name) == getattr(lens, name)
        assert list(again.feature_names_in_) == list("abcde")
        np.testing.assert_array_equal(again.history_.values, lens.history_.values)
        assert again.history_.terms == lens.history_.terms
        np.testing.assert_array_equal(again.transform(frame), lens.transform(frame))
        np.testing.assert_array_equal(again.act(frame, 0.3), lens.act(frame, 0.3))
        xr.testing.assert_identical(again.fit(frame).run_.drop_attrs(), lens.run_.drop_attrs())

    def test_a_second_writing_remembers_the_code_that_learned(self, x, tmp_path):
        SymmetryLens(random_state=0).fit(x).save(tmp_path / "one.nc")
        first = SymmetryLens.load(tmp_path / "one.nc")
        learned = {key: first.run_.attrs[key] for key in ("code_version", "created")}
        first.save(tmp_path / "two.nc")
        assert SymmetryLens.load(tmp_path / "two.nc").run_.attrs["learned"] == learned

    def test_an_estimator_that_is_not_fitted_is_not_saved(self, tmp_path):
        with pytest.raises(ValueError, match="not fitted"):
            SymmetryLens().save(tmp_path / "run.nc")
        assert list(tmp_path.iterdir()) == []

    def test_pickle_and_clone(self, x):
        lens = SymmetryLens(random_state=0, settings=FastSettings(rounds=2)).fit(x)
        again = pickle.loads(pickle.dumps(lens))
        np.testing.assert_array_equal(again.transform(x), lens.transform(x))
        assert clone(lens).get_params() == lens.get_params()


def test_in_a_pipeline(x):
    pipeline = make_pipeline(StandardScaler(), SymmetryLens(random_state=0))
    assert pipeline.fit_transform(x).shape == x.shape
    assert pipeline.set_params(symmetrylens__cyclic=True).fit(x)[-1].log_generator_.shape == (5, 5)


def test_the_package_knows_its_public_names():
    assert set(symlens.__all__) <= set(dir(symlens))
    with pytest.raises(AttributeError, match=r"symlens.*nothing"):
        symlens.nothing  # noqa: B018
