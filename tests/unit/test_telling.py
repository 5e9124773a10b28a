"""Lines in the log of a training."""

import io

from symlens.lens.telling import SECONDS, TellingMonitor


class Recorder:
    def __init__(self):
        self.steps = []

    def record(self, step, terms):
        self.steps.append((step, dict(terms)))


def test_everything_is_handed_on_and_a_line_is_written_now_and_then():
    now, out, recorder = [0.0], io.StringIO(), Recorder()
    monitor = TellingMonitor(recorder, out, clock=lambda: now[0])
    for step in range(5):
        monitor.record(step, {"loss": 1.0 / (step + 1), "rank": 3.0})
        now[0] += SECONDS / 2
    assert [step for step, _ in recorder.steps] == [0, 1, 2, 3, 4]
    assert recorder.steps[1][1] == {"loss": 0.5, "rank": 3.0}
    assert out.getvalue().splitlines() == [
        "step 0  loss 1  rank 3",
        "step 2  loss 0.3333  rank 3",
        "step 4  loss 0.2  rank 3",
    ]


def test_standard_output_is_that_of_the_moment(capsys):
    TellingMonitor(Recorder()).record(7, {"loss": 2.5})
    assert capsys.readouterr().out == "step 7  loss 2.5\n"
