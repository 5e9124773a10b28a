"""Settings of the methods that learn, and what a change of theirs reruns."""

import pytest

from symlens.config import ConfigError, load
from symlens.config.wallpaper_learning import BATCH, EPOCHS, NETWORKS, NetworkSettings
from symlens.imports import needed
from symlens.wallpaper import stages
from symlens.wallpaper.train import METHODS


def study(**block):
    return load({"wallpaper": {"experiments": {"one": {"title": "One", **block}}}}).wallpaper


def settings(method, **block):
    return study(methods=[method], **block).resolved("one", method)["settings"]


def test_scales_fill_in_what_is_left_open():
    for scale in ("smoke", "laptop"):
        found = settings("resnet50", networks={"scale": scale})["learning"]
        assert (found["epochs"], found["batch"]) == (EPOCHS[scale], BATCH[scale])
    found = settings("fpn", networks={"scale": "paper"})["learning"]
    assert (found["epochs"], found["batch"], found["learning_rate"]) == (20, 600, 1e-3)
    assert "xcit" not in found
    assert found["hierarchy"] is False
    found = settings("xcit", networks={"scale": "paper", "batch": 7, "epochs": 3})["learning"]
    assert (found["epochs"], found["batch"]) == (3, 7)
    assert found["xcit"] == {"width": 384, "depth": 12, "heads": 8}


def test_a_batch_that_was_not_published_is_not_invented():
    with pytest.raises(ConfigError, match=r"networks\.batch: none was published for cnn"):
        study(methods=["cnn"], networks={"scale": "paper"})
    assert NetworkSettings(scale="paper", batch=9).resolved("cnn")["batch"] == 9


def test_every_network_can_be_asked_one_decision_after_the_other():
    for method in NETWORKS:
        found = settings(method, networks={"hierarchy": True})["learning"]
        assert found["hierarchy"] is True
    assert settings("hybrid", networks={"hierarchy": True}) == settings("hybrid")


def test_methods_learn_from_contents_that_there_are():
    study(data={"contents": ["noise", "atoms"]}, judging={"learn_from": ["noise"]})
    with pytest.raises(ConfigError, match=r"judging\.learn_from.*noise, atoms; found textures"):
        study(data={"contents": ["noise", "atoms"]}, judging={"learn_from": ["textures"]})


def test_settings_of_one_method_are_not_those_of_another():
    block = {"hybrid": {"copies": 5}, "networks": {"epochs": 9}}
    assert settings("exact", **block) == settings("exact")
    assert settings("lattice", **block) == settings("lattice")
    assert settings("hybrid", **block)["learning"]["copies"] == 5
    assert settings("hybrid", networks={"epochs": 9}) == settings("hybrid")
    assert settings("cnn", hybrid={"copies": 5}) == settings("cnn")


def files(method):
    found = stages.library("train", method)
    return {path.parts[-2:] for path in needed(found.roots, found.without)}


def test_a_change_of_one_method_s_code_reruns_no_other():
    assert METHODS.keys() == stages.ROOMS.keys()
    rooms = {
        "networks": ("networks", "fit.py"),
        "hybrid": ("hybrid", "features.py"),
        "baselines": ("wallpaper", "baselines.py"),
    }
    owners = {"networks": set(NETWORKS), "hybrid": {"hybrid"}, "baselines": {"lattice", "majority"}}
    for method in METHODS:
        own = files(method)
        for room, file in rooms.items():
            assert (file in own) == (method in owners[room]), (method, room)
