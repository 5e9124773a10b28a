"""Controls: they are what they say, and no symmetry is left in what is broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from symlens.config.lens_controls import ClustersData, EllipticalData, FactorsData
from symlens.config.lens_data import LensData
from symlens.config.lens_samples import Broken
from symlens.groups import random_orthogonal
from symlens.lens.data import stream, synthesize
from symlens.lens.data.broken import Mixed, Uneven, break_symmetry, narrowing, unequal_patches
from symlens.lens.data.controls import TAPS, Clusters, Elliptical, Factors, mixing_matrix

RNG = np.random.default_rng
ADAPTER = TypeAdapter(LensData)
COUNT = 40_000


def configured(**block):
    return ADAPTER.validate_python(block)


class TestFactors:
    def test_scales_are_each_source_in_its_own_unit(self):
        matrix = mixing_matrix(FactorsData(n=5, mixing="scales"), RNG(0))
        np.testing.assert_array_equal(matrix, np.diag(np.diag(matrix)))
        np.testing.assert_allclose(np.sort(np.diag(matrix)), np.geomspace(0.5, 2, 5))

    def test_a_dense_mixture_has_as_many_rows_as_sources_and_unit_variance(self):
        matrix = mixing_matrix(FactorsData(n=40, sources=900), RNG(0))
        assert matrix.shape == (900, 40)
        assert (matrix**2).sum(axis=0).mean() == pytest.approx(1, rel=0.05)
        assert mixing_matrix(FactorsData(n=7), RNG(0)).shape == (7, 7)

    def test_a_filter_reaches_five_sources_and_changes_smoothly(self):
        n = 30
        matrix = mixing_matrix(FactorsData(n=n, mixing="filter"), RNG(0))
        taps = np.array([[matrix[j + k, j] for j in range(n)] for k in range(TAPS)])
        assert np.count_nonzero(matrix) == TAPS * n
        np.testing.assert_allclose(np.diff(taps, n=3, axis=1), 0, atol=1e-12)
        assert np.abs(np.diff(taps, axis=1)).max() > 0.01

    @pytest.mark.parametrize("mixing", ["scales", "dense", "filter"])
    def test_sources_of_one_law_have_the_moments_of_their_mixture(self, mixing):
        cfg = FactorsData(n=6, mixing=mixing, alike=True)
        matrix = mixing_matrix(cfg, RNG(3))
        x = Factors(cfg, RNG(3)).draw(RNG(1), 10 * COUNT).astype(float)
        np.testing.assert_allclose(np.cov(x.T), matrix.T @ matrix, atol=0.06 * np.var(x))
        # The third cumulant of an exponential variable is 2.
        third = 2 * (matrix**3).sum(axis=0)
        np.testing.assert_allclose((x**3).mean(axis=0), third, atol=0.2 * np.abs(third).max())

    def test_the_number_of_sources_goes_with_a_dense_mixture_only(self):
        with pytest.raises(ValidationError, match="only for mixing dense"):
            FactorsData(n=5, mixing="filter", sources=4)


def test_clusters_are_where_they_were_drawn():
    cfg = ClustersData(n=4, clusters=3, width=0.01)
    source = Clusters(cfg, RNG(5))
    x = source.draw(RNG(0), 3000)
    fixed = RNG(5)
    centres = fixed.standard_normal((3, 4), dtype=np.float32)
    weights = fixed.dirichlet(np.ones(3))
    nearest = ((x[:, None] - centres) ** 2).sum(axis=2)
    assert np.sqrt(nearest.min(axis=1)).max() < 0.1
    np.testing.assert_allclose(np.bincount(nearest.argmin(axis=1)) / 3000, weights, atol=0.04)


class TestElliptical:
    @pytest.mark.parametrize("freedom", [None, 30.0])
    def test_the_spectrum_of_the_covariance_is_a_power_law(self, freedom):
        cfg = EllipticalData(n=5, decay=2.0, freedom=freedom)
        x = Elliptical(cfg, RNG(1)).draw(RNG(0), COUNT).astype(float)
        powers = np.linalg.eigvalsh(np.cov(x.T))[::-1]
        np.testing.assert_allclose(powers / powers[0], np.arange(1, 6) ** -2.0, rtol=0.1)

    def test_white_samples_of_any_rotation_have_one_law(self):
        x = Elliptical(EllipticalData(n=4, freedom=5.0), RNG(1)).draw(RNG(0), COUNT).astype(float)
        white = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
        turned = white @ random_orthogonal(4, RNG(2))
        grid = np.linspace(0.05, 0.95, 10)
        np.testing.assert_allclose(
            np.quantile(white, grid, axis=0), np.quantile(turned, grid, axis=0), atol=0.05
        )


class Ramp:
    """Sample number in every pixel, told apart by the pixel's own thousand."""

    def __init__(self, n):
        self.n = n

    def draw(self, _, count):
        return np.arange(count, dtype=np.float32)[:, None] + np.zeros(self.n, np.float32)


class TestBroken:
    @given(st.integers(5, 60), st.integers(0, 10_000))
    def test_patches_are_a_partition_into_unequal_neighbours(self, n, seed):
        patches = unequal_patches(n, RNG(seed))
        np.testing.assert_array_equal(np.concatenate(patches), np.arange(n))
        sizes = [len(patch) for patch in patches]
        assert len(set(sizes)) > 1
        assert max(sizes) <= 5
        assert min(sizes[:-1]) >= 2

    def test_mixed_parts_come_from_other_samples_whole(self):
        parts = [np.eye(6)[:, :2], np.eye(6)[:, 2:]]
        x = Mixed(Ramp(6), parts, 1.0).draw(RNG(0), 500)
        np.testing.assert_array_equal(x[:, 0], x[:, 1])
        np.testing.assert_array_equal(x[:, 2], x[:, 5])
        for column in (0, 2):
            np.testing.assert_array_equal(np.sort(x[:, column]), np.arange(500))
        assert (x[:, 0] == x[:, 2]).mean() < 0.02

    def test_strength_is_the_fraction_of_mixed_samples(self):
        x = Mixed(Ramp(2), [np.eye(2)[:, :1], np.eye(2)[:, 1:]], 0.3).draw(RNG(0), 5000)
        assert (x[:, 0] != x[:, 1]).mean() == pytest.approx(0.3, abs=0.03)
        kept = x[:, 0] == np.arange(5000)
        assert kept.mean() > 0.65

    def test_mixed_modes_keep_the_covariance_and_lose_what_bound_them(self):
        wide = {"source": "gaussian", "n": 7, "scale": [1, 2], "samples": COUNT, "noise": 0.0}
        whole, mixed = configured(**wide), configured(**wide, broken={"kind": "modes"})
        x, y = (synthesize(cfg)["x"].to_numpy().astype(float) for cfg in (whole, mixed))
        np.testing.assert_allclose(np.cov(y.T), np.cov(x.T), atol=0.08 * np.var(x))
        powers, modes = np.linalg.eigh(np.cov(x.T))
        squares = [((z - z.mean(axis=0)) @ modes) ** 2 / powers for z in (x, y)]
        before, after = (np.abs(np.corrcoef(z.T) - np.eye(7)).max() for z in squares)
        assert before > 0.1
        assert after < 0.04

    def test_uneven_light_is_a_factor_per_pixel(self):
        x = Uneven(Ramp(8), 8, 0.5, 0.0).draw(RNG(0), 3)
        gain = 1 + 0.5 * np.cos(2 * np.pi * np.arange(8) / 8)
        np.testing.assert_allclose(x[2], 2 * gain, rtol=1e-6)

    def test_narrowing_is_between_a_tenth_and_one(self):
        place = np.linspace(-20, 20, 999)
        for strength in (0.1, 1.0):
            factor = narrowing(place, 11, strength, 0.3)
            assert factor.max() == pytest.approx(1, abs=1e-3)
            assert factor.min() == pytest.approx(1 - 0.9 * strength, abs=1e-3)

    def test_width_is_up_to_the_signals(self):
        source = Ramp(5)
        assert break_symmetry(source, Broken(kind="width"), 5, RNG(0)) is source
        even = configured(source="gaussian", n=31, samples=20_000, scale=[1, 1], noise=0.0)
        uneven = even.model_copy(update={"broken": Broken(kind="width")})
        x, y = (synthesize(cfg)["x"].to_numpy().astype(float) for cfg in (even, uneven))
        # A narrow bump is high: its pixel varies more than that of a wide one.
        assert np.ptp(np.std(x, axis=0)) < 0.1
        assert np.ptp(np.std(y, axis=0)) > 0.5

    @pytest.mark.parametrize("source", ["image_rows", "digit_slices"])
    def test_only_signals_have_a_width(self, source):
        with pytest.raises(ValidationError, match="width is for gaussian and legendre"):
            configured(source=source, broken={"kind": "width"})

    @pytest.mark.parametrize("kind", ["amplitude", "width", "modes", "patches"])
    def test_what_is_broken_claims_no_truth_and_is_fixed_by_group_seed(self, kind):
        cfg = configured(
            source="gaussian", n=9, samples=500, broken={"kind": kind}, group="random_basis"
        )
        header, _ = stream(cfg)
        assert not header.data_vars
        again = synthesize(cfg)["x"]
        assert np.array_equal(synthesize(cfg)["x"], again)
        other = synthesize(cfg.model_copy(update={"group_seed": 3}))["x"]
        assert not np.array_equal(other, again)
